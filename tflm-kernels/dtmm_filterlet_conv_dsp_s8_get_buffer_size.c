#include "dtmm_filterlet_conv.h"
#include "dtmm_layer_dsp.h"

int32_t dtmm_filterlet_conv_dsp_s8_get_buffer_size(const DtmmFilterletOptions* options,
                                                   const DtmmConvShape* shape) {
  DtmmLayerDsp layer;
  const int64_t bytes = dtmm_plan_dsp(options, shape, &layer);
  /* No arena has that much, so the interpreter refuses the layer. */
  return bytes > INT32_MAX ? INT32_MAX : (int32_t)bytes;
}
