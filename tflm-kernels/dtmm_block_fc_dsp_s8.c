#include "dtmm_block_fc.h"
void dtmm_block_fc_dsp_s8(const DtmmBlockFcOptions* options, const DtmmFcShape* shape,
                          const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                          int8_t* scratch) {
  dtmm_block_fc_s8(options, shape, packed, input, output, scratch);
}
