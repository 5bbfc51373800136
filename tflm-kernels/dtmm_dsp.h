/* Arm DSP instructions: pairs of int16 in a word. For cores with DTMM_USE_DSP only.
 *
 * Four int8 values (v0 v1 v2 v3) are spread to two words of int16 pairs, the even word (v0 v2) and the odd
 * word (v1 v3), because SXTB16 extends every other byte: no shuffle is needed as long as both factors of a
 * product are spread alike. */
#ifndef DTMM_DSP_H_
#define DTMM_DSP_H_

#include "dtmm_target.h"

#if DTMM_USE_DSP

#include <arm_acle.h>
#include <stdint.h>
#include <string.h>

/* Inner loops are put together of functions that have to vanish, for size optimisation too. */
#if defined(__GNUC__)
#define DTMM_ALWAYS_INLINE static inline __attribute__((always_inline))
#else
#define DTMM_ALWAYS_INLINE static inline
#endif

/* Four int8 values from any address. */
static inline uint32_t dtmm_load_word(const int8_t* values) {
  uint32_t word;
  memcpy(&word, values, sizeof word);
  return word;
}

/* The first `count` (1 to 3) of four int8 values, the others 0, without a look at what follows in memory. */
static inline uint32_t dtmm_load_some(const int8_t* values, int32_t count) {
  uint32_t word = (uint8_t)values[0];
  if (count > 1) word |= (uint32_t)(uint8_t)values[1] << 8;
  if (count > 2) word |= (uint32_t)(uint8_t)values[2] << 16;
  return word;
}

static inline int16x2_t dtmm_even_pair(uint32_t word) { return __sxtb16((int8x4_t)word); }

/* GCC 12 makes a rotation and an SXTB16 of the intrinsics, and four instructions of the rounded high product.
 */
#if defined(__GNUC__)
static inline int16x2_t dtmm_odd_pair(uint32_t word) {
  int16x2_t pair;
  __asm__("sxtb16 %0, %1, ror #8" : "=r"(pair) : "r"(word));
  return pair;
}

/* The bits in reverse order. */
static inline uint32_t dtmm_reverse_bits(uint32_t word) {
  uint32_t reversed;
  __asm__("rbit %0, %1" : "=r"(reversed) : "r"(word));
  return reversed;
}

/* Zeros above the highest set bit; `word` must not be 0. */
static inline int32_t dtmm_leading_zeros(uint32_t word) { return __builtin_clz(word); }

/* (a * b + 2^31) >> 32 */
static inline int32_t dtmm_rounded_high_product(int32_t a, int32_t b) {
  int32_t high;
  __asm__("smmulr %0, %1, %2" : "=r"(high) : "r"(a), "r"(b));
  return high;
}
#else
static inline int16x2_t dtmm_odd_pair(uint32_t word) { return __sxtb16((int8x4_t)__ror(word, 8)); }

static inline uint32_t dtmm_reverse_bits(uint32_t word) { return __rbit(word); }

static inline int32_t dtmm_leading_zeros(uint32_t word) { return (int32_t)__clz(word); }

static inline int32_t dtmm_rounded_high_product(int32_t a, int32_t b) {
  return (int32_t)(((int64_t)a * b + ((int64_t)1 << 31)) >> 32);
}
#endif

/* Stores two words; compilers tend to take two instructions. */
static inline void dtmm_store_two(uint32_t* words, int16x2_t first, int16x2_t second) {
#if defined(__GNUC__) && defined(__thumb2__)
  __asm__("strd %1, %2, %0" : "=Uv"(*(uint32_t(*)[2])words) : "r"(first), "r"(second));
#else
  words[0] = (uint32_t)first;
  words[1] = (uint32_t)second;
#endif
}

#endif /* DTMM_USE_DSP */

#endif /* DTMM_DSP_H_ */
