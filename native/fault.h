// An error of the native part with a stable code; the N-API edge turns it into a JavaScript Error with
// `code`.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace dtmm {

class Fault : public std::runtime_error {
 public:
  Fault(const char* code, const std::string& message) : std::runtime_error(message), code_(code) {}
  const char* code() const { return code_; }

 private:
  const char* code_;
};

}  // namespace dtmm
