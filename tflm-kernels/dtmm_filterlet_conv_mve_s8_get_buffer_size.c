#include "dtmm_filterlet_conv.h"
#include "dtmm_lines_mve.h"

int32_t dtmm_filterlet_conv_mve_s8_get_buffer_size(const DtmmFilterletOptions* options,
                                                   const DtmmConvShape* shape) {
  DtmmLinesMve lines;
  const int64_t bytes = dtmm_lines_mve(options, shape, &lines);
  /* No arena has that much, so the interpreter refuses the layer. */
  return bytes > INT32_MAX ? INT32_MAX : (int32_t)bytes;
}
