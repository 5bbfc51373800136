#include "dtmm_block_fc_check.h"

#include "dtmm_packed_check.h"

static DtmmStatus check_shape(const DtmmBlockFcOptions* options, const DtmmFcShape* shape) {
  if (shape->input_values < 1 || shape->rows < 1 || shape->outputs < 1) return DTMM_STATUS_SHAPE;
  if (shape->outputs != options->outputs) return DTMM_STATUS_CHANNELS;
  if ((int64_t)shape->rows * shape->outputs > INT32_MAX) return DTMM_STATUS_TOO_LARGE;
  if ((int64_t)shape->rows * options->inputs != shape->input_values) return DTMM_STATUS_SHAPE;
  return DTMM_STATUS_OK;
}

DtmmStatus dtmm_block_fc_check(const uint8_t* option_bytes, size_t option_count, const DtmmFcShape* shape,
                               const DtmmPackedTensors* packed, DtmmBlockFcOptions* options) {
  DtmmBlockGrid grid;
  DtmmStatus status = dtmm_check_options_header(option_bytes, option_count, DTMM_BLOCK_FC_VERSION,
                                                DTMM_BLOCK_FC_OPTIONS_BYTES);
  if (status != DTMM_STATUS_OK) return status;
  dtmm_decode_block_fc_options(option_bytes, options);
  if (options->activation_min > options->activation_max) return DTMM_STATUS_ACTIVATION;
  status = check_shape(options, shape);
  if (status != DTMM_STATUS_OK) return status;
  grid.filters = options->outputs;
  grid.positions = 1;
  grid.channels = options->inputs;
  grid.block_filters = options->block_outputs;
  grid.block_channels = options->block_inputs;
  return dtmm_check_blocks(&grid, packed);
}
