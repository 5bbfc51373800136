#ifndef DTMM_CMAKE_BOARD_SDK_PICO_STDLIB_H_
#define DTMM_CMAKE_BOARD_SDK_PICO_STDLIB_H_

// Stands in for the header of the Raspberry Pi Pico SDK that pico-tflmicro's CMSIS-NN includes.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#endif  // DTMM_CMAKE_BOARD_SDK_PICO_STDLIB_H_
