#include "dtmm_filterlet_check.h"

#include "dtmm_conv_check.h"
#include "dtmm_packed_check.h"

static DtmmBlockGrid block_grid(const DtmmFilterletOptions* options) {
  DtmmBlockGrid grid;
  grid.filters = options->output_channels;
  grid.positions = options->kernel_height * options->kernel_width;
  grid.channels = options->input_channels;
  grid.block_filters = 1;
  grid.block_channels = options->block_channels;
  return grid;
}

DtmmStatus dtmm_filterlet_check(const uint8_t* option_bytes, size_t option_count, const DtmmConvShape* shape,
                                const DtmmPackedTensors* packed, DtmmFilterletOptions* options) {
  DtmmBlockGrid grid;
  const DtmmStatus status =
      dtmm_check_conv(option_bytes, option_count, DTMM_FILTERLET_VERSION, shape, options);
  if (status != DTMM_STATUS_OK) return status;
  grid = block_grid(options);
  return dtmm_check_blocks(&grid, packed);
}
