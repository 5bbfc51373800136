/* From int32 accumulator to int8 output, bit for bit as TFLite's double-rounding reference
 * (MultiplyByQuantizedMultiplier: SaturatingRoundingDoublingHighMul, then RoundingDivideByPOT). */
#ifndef DTMM_REQUANTIZE_H_
#define DTMM_REQUANTIZE_H_

#include <stdint.h>

#include "dtmm_packed_format.h"

/* round(accumulator * multiplier * 2^(shift - 31)), rounded twice as TFLite does.
 * multiplier: [0, 2^31); shift: [DTMM_MIN_SHIFT, DTMM_MAX_SHIFT], above 0 is a left shift, which wraps.
 * The saturation of SaturatingRoundingDoublingHighMul needs a multiplier of INT32_MIN, so it can't happen. */
static inline int32_t dtmm_multiply_by_quantized_multiplier(int32_t accumulator, int32_t multiplier,
                                                            int32_t shift) {
  const int32_t left = shift > 0 ? shift : 0;
  const int32_t right = shift > 0 ? 0 : -shift;
  const int32_t shifted = (int32_t)((uint32_t)accumulator << left);
  /* An arithmetic right shift after adding a half equals TFLite's sign-dependent nudge and division. */
  const int32_t high = (int32_t)(((int64_t)shifted * multiplier + ((int64_t)1 << 30)) >> 31);
  const int32_t mask = (int32_t)(((uint32_t)1 << right) - 1);
  const int32_t threshold = (mask >> 1) + (high < 0 ? 1 : 0);
  return (high >> right) + ((high & mask) > threshold ? 1 : 0);
}

/* From rescaled accumulators to the int8 outputs of a layer. */
typedef struct DtmmOutputRange {
  int32_t zero_point;
  int32_t min; /* of the fused activation */
  int32_t max;
} DtmmOutputRange;

/* The int8 output of one accumulator: rescaled, moved to the output zero point, clamped to the activation. */
static inline int8_t dtmm_requantize(int32_t accumulator, int32_t multiplier, int32_t shift,
                                     const DtmmOutputRange* range) {
  const int32_t scaled = dtmm_multiply_by_quantized_multiplier(accumulator, multiplier, shift);
  /* Unsigned, so that a scaled value at the end of int32 wraps as the reference does in practice. */
  const int32_t value = (int32_t)((uint32_t)scaled + (uint32_t)range->zero_point);
  if (value < range->min) return (int8_t)range->min;
  if (value > range->max) return (int8_t)range->max;
  return (int8_t)value;
}

#endif /* DTMM_REQUANTIZE_H_ */
