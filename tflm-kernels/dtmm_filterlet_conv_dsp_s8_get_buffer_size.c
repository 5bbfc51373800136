#include "dtmm_filterlet_conv.h"
#include "dtmm_layer_dsp.h"

int32_t dtmm_filterlet_conv_dsp_s8_get_buffer_size(const DtmmFilterletOptions* options,
                                                   const DtmmConvShape* shape) {
  DtmmLayerDsp layer;
  /* No arena has INT32_MAX bytes, so the interpreter refuses such a layer. */
  return dtmm_plan_dsp(options, shape, &layer);
}
