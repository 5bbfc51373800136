/* Full check of a packed layer, done once before the first inference; the kernels trust what it accepted. */
#ifndef DTMM_FILTERLET_CHECK_H_
#define DTMM_FILTERLET_CHECK_H_

#include <stddef.h>
#include <stdint.h>

#include "dtmm_filterlet_conv.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum DtmmFilterletStatus {
  DTMM_FILTERLET_OK = 0,
  DTMM_FILTERLET_OPTIONS_SIZE,
  DTMM_FILTERLET_VERSION,
  DTMM_FILTERLET_LAYOUT,
  DTMM_FILTERLET_KERNEL_SIZE,
  DTMM_FILTERLET_STRIDE,
  DTMM_FILTERLET_PADDING,
  DTMM_FILTERLET_ACTIVATION,
  DTMM_FILTERLET_CHANNELS,
  DTMM_FILTERLET_SHAPE,
  DTMM_FILTERLET_TOO_LARGE,
  DTMM_FILTERLET_INDEX_SIZE,
  DTMM_FILTERLET_RECORDS_SIZE,
  DTMM_FILTERLET_INDEX_TAIL,
  DTMM_FILTERLET_WEIGHTS_SIZE,
  DTMM_FILTERLET_MULTIPLIER,
  DTMM_FILTERLET_SHIFT,
  DTMM_FILTERLET_ACCUMULATOR,
  DTMM_FILTERLET_STATUS_COUNT
} DtmmFilterletStatus;

/* Checks options, shapes, index, weights and records, alone and against each other, so that no kernel can
 * read or write out of bounds or overflow an accumulator. Reads each byte of the packed tensors once.
 *
 * option_bytes: the custom options of the operator, `option_count` bytes; may be NULL if 0.
 * options: receives the decoded options if the result is DTMM_FILTERLET_OK. */
DtmmFilterletStatus dtmm_filterlet_check(const uint8_t* option_bytes, size_t option_count,
                                         const DtmmConvShape* shape, const DtmmFilterletTensors* packed,
                                         DtmmFilterletOptions* options);

/* One English sentence for a status, starting with the name of the operator. It holds no printf conversion,
 * because the error reporter of TFLM's 2020 trees can't format arguments. */
const char* dtmm_filterlet_message(DtmmFilterletStatus status);

#ifdef __cplusplus
}
#endif

#endif /* DTMM_FILTERLET_CHECK_H_ */
