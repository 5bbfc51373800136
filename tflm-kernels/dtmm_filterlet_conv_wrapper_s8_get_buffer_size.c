#include "dtmm_filterlet_conv.h"

int32_t dtmm_filterlet_conv_wrapper_s8_get_buffer_size(const DtmmFilterletOptions* options,
                                                       const DtmmConvShape* shape) {
  return dtmm_filterlet_conv_s8_get_buffer_size(options, shape);
}
