// Work cut into numbered parts, shared by threads.
#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <thread>
#include <vector>

namespace dtmm {

// Calls work(part) once for every part in [0, parts), on up to `threads` threads. Which thread takes a part
// is left to chance: results are reproducible when parts write to places of their own, to be combined
// afterwards in the order of the parts. The first exception is thrown again in the caller.
template <typename Work>
void ForEachPart(size_t parts, size_t threads, const Work& work) {
  std::atomic<size_t> next{0};
  std::atomic<bool> failed{false};
  std::exception_ptr error;
  const auto run = [&] {
    for (size_t part = next++; part < parts && !failed; part = next++) {
      try {
        work(part);
      } catch (...) {
        if (!failed.exchange(true)) error = std::current_exception();
      }
    }
  };
  std::vector<std::thread> helpers;
  for (size_t t = 1; t < threads && t < parts; ++t) helpers.emplace_back(run);
  run();
  for (std::thread& helper : helpers) helper.join();
  if (error) std::rethrow_exception(error);
}

}  // namespace dtmm
