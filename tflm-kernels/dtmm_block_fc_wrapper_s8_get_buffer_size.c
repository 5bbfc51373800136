#include "dtmm_block_fc.h"
#include "dtmm_target.h"

int32_t dtmm_block_fc_wrapper_s8_get_buffer_size(const DtmmBlockFcOptions* options,
                                                 const DtmmFcShape* shape) {
#if DTMM_USE_MVE
  return dtmm_block_fc_mve_s8_get_buffer_size(options, shape);
#elif DTMM_USE_DSP
  return dtmm_block_fc_dsp_s8_get_buffer_size(options, shape);
#else
  return dtmm_block_fc_s8_get_buffer_size(options, shape);
#endif
}
