#ifndef DTMM_CMAKE_BOARD_SDK_PICO_MULTICORE_H_
#define DTMM_CMAKE_BOARD_SDK_PICO_MULTICORE_H_

// Stands in for the second core of a Pico, which pico-tflmicro's arm_nn_mat_mult_nt_t_s8 gives half of the
// rows. On the host that half runs at once, inside multicore_launch_core1, and leaves its one result word for
// the pop that follows: the same bytes, in a fixed order.

#include <stdint.h>

static uint32_t dtmm_core1_result;

static inline void multicore_reset_core1(void) { dtmm_core1_result = 0; }

static inline void multicore_fifo_push_blocking(uint32_t data) { dtmm_core1_result = data; }

static inline uint32_t multicore_fifo_pop_blocking(void) { return dtmm_core1_result; }

static inline void multicore_launch_core1(void (*entry)(void)) { entry(); }

#endif  // DTMM_CMAKE_BOARD_SDK_PICO_MULTICORE_H_
