#include "dtmm_filterlet_dsp.h"
#include "dtmm_lines_dsp.h"

int32_t dtmm_filterlet_dsp_fits(const DtmmFilterletOptions* options, const DtmmConvShape* shape) {
  const DtmmLines lines = dtmm_lines(options, shape);
  const int32_t block = options->block_channels;
  if (block % kDtmmQuad != 0 && block != options->input_channels) return 0;
  return dtmm_lines_bytes(&lines, shape->output.width) <= UINT16_MAX;
}

int32_t dtmm_filterlet_conv_dsp_s8_get_buffer_size(const DtmmFilterletOptions* options,
                                                   const DtmmConvShape* shape) {
  const DtmmLines lines = dtmm_lines(options, shape);
  if (!dtmm_filterlet_dsp_fits(options, shape)) return dtmm_filterlet_conv_s8_get_buffer_size(options, shape);
  return (int32_t)dtmm_lines_bytes(&lines, shape->output.width);
}
