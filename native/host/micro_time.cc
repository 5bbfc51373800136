// Replaces the tree's micro_time. The return types are the tree's own: int32_t in 2020, uint32_t later.

#include "tensorflow/lite/micro/micro_time.h"

#include <chrono>
#include <cstdint>

namespace tflite {

decltype(ticks_per_second()) ticks_per_second() { return 1000000; }

decltype(GetCurrentTimeTicks()) GetCurrentTimeTicks() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  // Microseconds; wraps as the counter of a board does. The signed type of 2020 keeps 31 bits.
  const uint64_t ticks = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  return static_cast<decltype(GetCurrentTimeTicks())>(ticks & 0x7fffffff);
}

}  // namespace tflite
