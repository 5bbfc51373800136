/* dtmm_requantize with the DSP instructions. */
#ifndef DTMM_REQUANTIZE_DSP_H_
#define DTMM_REQUANTIZE_DSP_H_

#include "dtmm_dsp.h"
#include "dtmm_requantize.h"

#if DTMM_USE_DSP

/* The same as dtmm_requantize for the same arguments, in fewer instructions where doubling the accumulator
 * does not overflow and the shift goes right, so that there is a half to add. */
static inline int8_t dtmm_requantize_dsp(int32_t accumulator, int32_t multiplier, int32_t shift,
                                         const DtmmOutputRange* range) {
  const int32_t limit = (int32_t)1 << 30;
  int32_t value;
  if (shift >= 0 || accumulator >= limit || accumulator < -limit) {
    return dtmm_requantize(accumulator, multiplier, shift, range);
  }
  value = dtmm_rounded_high_product(2 * accumulator, multiplier);
  value = ((value + (value >> 31) + ((int32_t)1 << (-shift - 1))) >> -shift) + range->zero_point;
  if (value < range->min) value = range->min;
  if (value > range->max) value = range->max;
  return (int8_t)value;
}

#endif /* DTMM_USE_DSP */

#endif /* DTMM_REQUANTIZE_DSP_H_ */
