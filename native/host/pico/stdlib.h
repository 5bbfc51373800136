#ifndef DTMM_NATIVE_HOST_PICO_STDLIB_H_
#define DTMM_NATIVE_HOST_PICO_STDLIB_H_

// Stands in for the header of the Raspberry Pi Pico SDK that pico-tflmicro's CMSIS-NN includes.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#endif  // DTMM_NATIVE_HOST_PICO_STDLIB_H_
