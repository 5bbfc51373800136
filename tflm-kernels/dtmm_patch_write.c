#include "dtmm_patch.h"
#include "dtmm_requantize_dsp.h"

void dtmm_patch_write(const DtmmFilterletOptions* options, const uint8_t* records, int32_t filter,
                      const DtmmPatchSums* sums, int32_t count, int8_t* output) {
  const DtmmOutputRange range = {options->output_zero_point, options->activation_min,
                                 options->activation_max};
  const int32_t filters = options->output_channels;
  const int32_t multiplier = dtmm_multiplier(records, filters, filter);
  const int32_t shift = dtmm_shift(records, filters, filter);
  int32_t values[DTMM_PATCH_GROUP];
  int32_t i;
  dtmm_patch_store(sums, values);
  for (i = 0; i < count; ++i) {
#if DTMM_USE_DSP
    output[i * filters + filter] = dtmm_requantize_dsp(values[i], multiplier, shift, &range);
#else
    output[i * filters + filter] = dtmm_requantize(values[i], multiplier, shift, &range);
#endif
  }
}
