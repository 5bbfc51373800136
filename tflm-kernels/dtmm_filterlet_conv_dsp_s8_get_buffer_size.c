#include "dtmm_filterlet_dsp.h"
#include "dtmm_lines_dsp.h"

int32_t dtmm_filterlet_dsp_fits(const DtmmFilterletOptions* options, const DtmmConvShape* shape) {
  const DtmmLines lines = dtmm_lines(options, shape);
  const int whole_quads = options->block_channels % kDtmmQuad == 0;
  if (!whole_quads && options->block_channels != options->input_channels) return 0;
  return dtmm_lines_bytes(&lines, shape->output.width) <= INT32_MAX;
}

int32_t dtmm_filterlet_conv_dsp_s8_get_buffer_size(const DtmmFilterletOptions* options,
                                                   const DtmmConvShape* shape) {
  if (!dtmm_filterlet_dsp_fits(options, shape)) {
    return dtmm_filterlet_conv_s8_get_buffer_size(options, shape);
  }
  const DtmmLines lines = dtmm_lines(options, shape);
  return (int32_t)dtmm_lines_bytes(&lines, shape->output.width);
}
