#include "dtmm_block_fc.h"

int32_t dtmm_block_fc_wrapper_s8_get_buffer_size(const DtmmBlockFcOptions* options,
                                                 const DtmmFcShape* shape) {
  return dtmm_block_fc_s8_get_buffer_size(options, shape);
}
