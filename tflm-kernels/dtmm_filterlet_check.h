/* Full check of a packed layer, done once before the first inference; the kernels trust what it accepted. */
#ifndef DTMM_FILTERLET_CHECK_H_
#define DTMM_FILTERLET_CHECK_H_

#include <stddef.h>
#include <stdint.h>

#include "dtmm_filterlet_conv.h"
#include "dtmm_status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Checks options, shapes, index, weights and records, alone and against each other, so that no kernel can
 * read or write out of bounds or overflow an accumulator.
 *
 * option_bytes: the custom options of the operator, `option_count` bytes; may be NULL if 0.
 * options: receives the decoded options if the result is DTMM_STATUS_OK. */
DtmmStatus dtmm_filterlet_check(const uint8_t* option_bytes, size_t option_count, const DtmmConvShape* shape,
                                const DtmmPackedTensors* packed, DtmmFilterletOptions* options);

/* One English sentence for a status, starting with the name of the operator. It holds no printf conversion,
 * because the error reporter of TFLM's 2020 trees can't format arguments. */
const char* dtmm_filterlet_message(DtmmStatus status);

#ifdef __cplusplus
}
#endif

#endif /* DTMM_FILTERLET_CHECK_H_ */
