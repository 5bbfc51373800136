#include "dtmm_filterlet_conv.h"
#include "dtmm_target.h"

int32_t dtmm_filterlet_conv_wrapper_s8_get_buffer_size(const DtmmFilterletOptions* options,
                                                       const DtmmConvShape* shape) {
#if DTMM_USE_MVE
  return dtmm_filterlet_conv_mve_s8_get_buffer_size(options, shape);
#elif DTMM_USE_DSP
  return dtmm_filterlet_conv_dsp_s8_get_buffer_size(options, shape);
#else
  return dtmm_filterlet_conv_s8_get_buffer_size(options, shape);
#endif
}
