#include "dtmm_filterlet_conv.h"
#include "dtmm_target.h"

void dtmm_filterlet_conv_wrapper_s8(const DtmmFilterletOptions* options, const DtmmConvShape* shape,
                                    const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                                    int8_t* scratch) {
#if DTMM_USE_MVE
  dtmm_filterlet_conv_mve_s8(options, shape, packed, input, output, scratch);
#elif DTMM_USE_DSP
  dtmm_filterlet_conv_dsp_s8(options, shape, packed, input, output, scratch);
#else
  dtmm_filterlet_conv_s8(options, shape, packed, input, output, scratch);
#endif
}
