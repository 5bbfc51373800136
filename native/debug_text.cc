#include "debug_text.h"

namespace dtmm {
namespace {
constexpr size_t kLimit = 2000;
std::string* Text() {
  static std::string text;
  return &text;
}
}  // namespace

std::string TakeDebugText() {
  std::string taken;
  for (const char c : *Text()) {
    const bool space = c == '\n' || c == '\r' || c == ' ' || c == '\t';
    if (!space) {
      taken += c;
    } else if (!taken.empty() && taken.back() != ' ') {
      taken += ' ';
    }
  }
  if (!taken.empty() && taken.back() == ' ') taken.pop_back();
  Text()->clear();
  return taken;
}

}  // namespace dtmm

extern "C" void dtmm_debug_log(const char* text) {
  std::string* log = dtmm::Text();
  if (log->size() < dtmm::kLimit) log->append(text);
}
