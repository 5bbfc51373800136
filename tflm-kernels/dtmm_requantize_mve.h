/* dtmm_requantize.h for four accumulators at a time, bit for bit. */
#ifndef DTMM_REQUANTIZE_MVE_H_
#define DTMM_REQUANTIZE_MVE_H_

#include <arm_mve.h>
#include <stdint.h>

/* dtmm_multiply_by_quantized_multiplier in every lane. VQRDMULH is SaturatingRoundingDoublingHighMul; VRSHL
 * rounds half up where RoundingDivideByPOT rounds half away from zero, so a negative value is moved down by
 * one first, which only a tie can tell. */
static inline int32x4_t dtmm_rescale_lanes_mve(int32x4_t accumulators, int32x4_t multipliers,
                                               int32x4_t shifts) {
  const int32x4_t zero = vdupq_n_s32(0);
  const int32x4_t left = vmaxq_s32(shifts, zero);
  const int32x4_t right = vminq_s32(shifts, zero);
  const int32x4_t high = vqrdmulhq_s32(vshlq_s32(accumulators, left), multipliers);
  /* The sign of high & right: nothing where nothing is shifted out, because such a shift is 0. */
  const int32x4_t nudge = vshrq_n_s32(vandq_s32(high, right), 31);
  return vrshlq_s32(vqaddq_s32(high, nudge), right);
}

/* Rescaled accumulators at the output zero point, clamped to the activation. */
static inline int32x4_t dtmm_to_output_mve(int32x4_t scaled, int32_t zero_point, int32x4_t min,
                                           int32x4_t max) {
  return vminq_s32(vmaxq_s32(vaddq_n_s32(scaled, zero_point), min), max);
}

#endif /* DTMM_REQUANTIZE_MVE_H_ */
