/* Reader of the bitmap index at any bit, in a few DSP instructions. */
#ifndef DTMM_INDEX_DSP_H_
#define DTMM_INDEX_DSP_H_

#include "dtmm_dsp.h"
#include "dtmm_packed_layer.h"

#if DTMM_USE_DSP

/* Most bits that can be read at once from `bit` on: what is left of a word from that bit of its first byte
 * on. */
static inline int32_t dtmm_index_room(uint32_t bit) { return 32 - (int32_t)(bit % 8); }

/* The `count` (1 to dtmm_index_room) bits of the index from `bit` on, the first in bit 31; zeros follow the
 * last. */
static inline uint32_t dtmm_index_bits(const DtmmPackedTensors* packed, uint32_t bit, int32_t count) {
  const int8_t* bytes = (const int8_t*)packed->index + bit / 8;
  const int32_t left = packed->index_bytes - (int32_t)(bit / 8);
  const uint32_t word = left >= 4 ? dtmm_load_word(bytes) : dtmm_load_some(bytes, left);
  return dtmm_reverse_bits(word >> (bit % 8)) & ~((UINT32_MAX >> 1) >> (count - 1));
}

#endif /* DTMM_USE_DSP */

#endif /* DTMM_INDEX_DSP_H_ */
