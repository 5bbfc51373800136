/* dtmm_requantize.h for four accumulators at a time, bit for bit. */
#ifndef DTMM_REQUANTIZE_MVE_H_
#define DTMM_REQUANTIZE_MVE_H_

#include <arm_mve.h>
#include <stdint.h>

/* RoundingDivideByPOT: `value` * 2^shift, rounded half away from zero. VRSHL rounds half up, so a negative value
 * is moved down by one first; only a tie can tell.
 * shift: -31 to 0 in every lane. */
static inline int32x4_t dtmm_rounding_shift_right_mve(int32x4_t value, int32x4_t shift) {
  /* The sign of value & shift: 0 where nothing is shifted out, because such a shift is 0. */
  const int32x4_t nudge = vshrq_n_s32(vandq_s32(value, shift), 31);
  return vrshlq_s32(vqaddq_s32(value, nudge), shift);
}

/* dtmm_multiply_by_quantized_multiplier with a multiplier and a shift per lane. VQRDMULH is
 * SaturatingRoundingDoublingHighMul. */
static inline int32x4_t dtmm_rescale_lanes_mve(int32x4_t accumulators, int32x4_t multipliers,
                                               int32x4_t shifts) {
  const int32x4_t zero = vdupq_n_s32(0);
  const int32x4_t shifted = vshlq_s32(accumulators, vmaxq_s32(shifts, zero));
  return dtmm_rounding_shift_right_mve(vqrdmulhq_s32(shifted, multipliers), vminq_s32(shifts, zero));
}

/* The same with one multiplier and shift for all lanes. */
static inline int32x4_t dtmm_rescale_mve(int32x4_t accumulators, int32_t multiplier, int32_t shift) {
  int32x4_t high;
  if (shift >= 0) return vqrdmulhq_n_s32(vshlq_r_s32(accumulators, shift), multiplier);
  high = vqrdmulhq_n_s32(accumulators, multiplier);
  return vrshlq_n_s32(vqaddq_s32(high, vshrq_n_s32(high, 31)), shift);
}

/* Rescaled accumulators at the output zero point, clamped to the activation. */
static inline int32x4_t dtmm_to_output_mve(int32x4_t scaled, int32_t zero_point, int32x4_t min,
                                           int32x4_t max) {
  return vminq_s32(vmaxq_s32(vaddq_n_s32(scaled, zero_point), min), max);
}

#endif /* DTMM_REQUANTIZE_MVE_H_ */
