#include "dtmm_filterlet_conv.h"

void dtmm_filterlet_conv_wrapper_s8(const DtmmFilterletOptions* options, const DtmmConvShape* shape,
                                    const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                                    int8_t* scratch) {
  dtmm_filterlet_conv_s8(options, shape, packed, input, output, scratch);
}
