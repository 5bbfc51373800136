#include "dtmm_conv_geometry.h"
#include "dtmm_filterlet_conv.h"

int32_t dtmm_filterlet_conv_s8_get_buffer_size(const DtmmFilterletOptions* options,
                                               const DtmmConvShape* shape) {
  const DtmmConvGeometry geometry = dtmm_conv_geometry(options, shape);
  if (!geometry.padded) return 0;
  return geometry.window_height * geometry.line_width * options->input_channels;
}
