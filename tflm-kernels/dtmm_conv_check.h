/* What all packed convolutions check alike: options and shapes. */
#ifndef DTMM_CONV_CHECK_H_
#define DTMM_CONV_CHECK_H_

#include <stddef.h>
#include <stdint.h>

#include "dtmm_filterlet_conv.h"
#include "dtmm_status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Checks custom options of this version, and the shapes against them and each other.
 *
 * option_bytes: `option_count` bytes; may be NULL if 0.
 * options: receives the decoded options if the result is DTMM_STATUS_OK. */
DtmmStatus dtmm_check_conv(const uint8_t* option_bytes, size_t option_count, int32_t version,
                           const DtmmConvShape* shape, DtmmFilterletOptions* options);

#ifdef __cplusplus
}
#endif

#endif /* DTMM_CONV_CHECK_H_ */
