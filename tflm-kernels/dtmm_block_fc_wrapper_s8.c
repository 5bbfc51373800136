#include "dtmm_block_fc.h"
#include "dtmm_target.h"

void dtmm_block_fc_wrapper_s8(const DtmmBlockFcOptions* options, const DtmmFcShape* shape,
                              const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                              int8_t* scratch) {
#if DTMM_USE_MVE
  dtmm_block_fc_mve_s8(options, shape, packed, input, output, scratch);
#elif DTMM_USE_DSP
  dtmm_block_fc_dsp_s8(options, shape, packed, input, output, scratch);
#else
  dtmm_block_fc_s8(options, shape, packed, input, output, scratch);
#endif
}
