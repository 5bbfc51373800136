/* The checks that all packed operators share. */
#ifndef DTMM_PACKED_CHECK_H_
#define DTMM_PACKED_CHECK_H_

#include <stddef.h>
#include <stdint.h>

#include "dtmm_packed_layer.h"
#include "dtmm_status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whether custom options are of this version and size; `bytes` may be NULL if `count` is 0. */
DtmmStatus dtmm_check_options_header(const uint8_t* bytes, size_t count, int32_t version,
                                     int32_t option_bytes);

/* Checks that a filter's record can be used, and that its accumulator fits 32 bits in any order of summation.
 *
 * magnitude: the sum of |weight| of the filter, at most 2^31. */
DtmmStatus dtmm_check_record(const uint8_t* records, int32_t filters, int32_t filter, uint32_t magnitude);

/* Checks the grid, then index, weights and records against it and each other: afterwards a kernel that
 * follows the index stays inside of the weights, and no order of summation overflows an accumulator. Reads
 * every byte once.
 *
 * grid: filters, positions and channels are at least 1; the block sizes may be anything. */
DtmmStatus dtmm_check_blocks(const DtmmBlockGrid* grid, const DtmmPackedTensors* packed);

#ifdef __cplusplus
}
#endif

#endif /* DTMM_PACKED_CHECK_H_ */
