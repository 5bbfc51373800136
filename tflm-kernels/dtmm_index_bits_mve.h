/* Bits of the index from any place. Faster than the sequential reader where a word can be loaded from any
 * address. */
#ifndef DTMM_INDEX_BITS_MVE_H_
#define DTMM_INDEX_BITS_MVE_H_

#include <stdint.h>

#include "dtmm_packed_format.h"
#include "dtmm_packed_layer.h"

/* `count` (1 to 25) bits of the index from `bit` on, the first in bit 0. Reads bytes of the index only. */
static inline uint32_t dtmm_index_bits_mve(const DtmmPackedTensors* packed, int32_t bit, int32_t count) {
  const int32_t last_word = packed->index_bytes - 4;
  uint32_t word = 0;
  int32_t byte = 0;
  if (last_word >= 0) {
    byte = dtmm_min(bit >> 3, last_word);
    word = (uint32_t)dtmm_load_int32(packed->index + byte);
  } else {
    for (byte = packed->index_bytes; byte > 0; --byte) word = (word << 8) | packed->index[byte - 1];
  }
  return (word >> (bit - 8 * byte)) & (((uint32_t)1 << count) - 1);
}

/* Bit 0 becomes bit 31 and so on. Compilers know the instruction by no common name. */
static inline uint32_t dtmm_reverse_bits_mve(uint32_t bits) {
  __asm__("rbit %0, %1" : "=r"(bits) : "r"(bits));
  return bits;
}

#endif /* DTMM_INDEX_BITS_MVE_H_ */
