#include "dtmm_filterlet_conv.h"
#include "dtmm_lines_mve.h"

int32_t dtmm_filterlet_conv_mve_s8_get_buffer_size(const DtmmFilterletOptions* options,
                                                   const DtmmConvShape* shape) {
  DtmmLinesMve lines;
  return dtmm_lines_mve(options, shape, &lines);
}
