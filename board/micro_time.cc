// Replaces the tree's micro_time: ticks are those of the board's counter.
#include "tensorflow/lite/micro/micro_time.h"

#include "instruction_counter.h"

namespace tflite {

decltype(ticks_per_second()) ticks_per_second() { return BOARD_COUNTER_HZ; }

decltype(GetCurrentTimeTicks()) GetCurrentTimeTicks() {
  // The signed type of 2020 keeps 31 bits.
  return static_cast<decltype(GetCurrentTimeTicks())>(board_ticks() & 0x7fffffff);
}

}  // namespace tflite
