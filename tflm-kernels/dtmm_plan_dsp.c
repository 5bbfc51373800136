#include "dtmm_conv_geometry.h"
#include "dtmm_layer_dsp.h"

/* Output columns that are computed at a time: as many as the limit allows, dealt out evenly in groups. */
static int32_t tile_of(int32_t width, int32_t limit) {
  const int32_t groups = limit < DTMM_DSP_GROUP ? 1 : limit / DTMM_DSP_GROUP;
  const int32_t share = dtmm_ceil_div(width, dtmm_ceil_div(width, groups * DTMM_DSP_GROUP));
  return dtmm_min(width, dtmm_ceil_div(share, DTMM_DSP_GROUP) * DTMM_DSP_GROUP);
}

/* Places behind the lines what a filter needs besides. Returns the bytes of all. */
static int32_t place_filter(const DtmmFilterletOptions* options, int32_t taps, int32_t bytes,
                            DtmmLayerDsp* layer) {
  const int32_t channels = options->input_channels;
  const int32_t tap_blocks = dtmm_ceil_div(channels, options->block_channels);
  const int32_t blocks = taps * tap_blocks;
  /* Neighbouring blocks of a tap are one run, unless they are read apart. */
  const int32_t runs = taps * ((tap_blocks + 1) >> 1) + blocks / DTMM_DSP_INDEX_BITS + 2;
  layer->blocks = blocks;
  layer->tap_blocks = tap_blocks;
  layer->excess = tap_blocks * options->block_channels - channels;
  layer->odd = tap_blocks > 1 && options->block_channels % DTMM_DSP_QUAD != 0;
  layer->ragged = !layer->odd && channels % DTMM_DSP_QUAD != 0;
  layer->runs_at = bytes;
  if (runs > DTMM_DSP_STACK_RUNS) bytes += runs * (int32_t)DTMM_DSP_RUN_BYTES;
  layer->spread_at = bytes;
  /* Runs that start and end within quads get up to 3 zeros at either end. Else only the last weights of the
   * layer are moved: up to three runs of a weight each, or a run of a tap at most. */
  if (layer->odd) bytes += taps * channels + 6 * runs;
  if (layer->ragged) bytes += (layer->quads + 2) * DTMM_DSP_QUAD;
  return bytes;
}

int32_t dtmm_plan_dsp(const DtmmFilterletOptions* options, const DtmmConvShape* shape, DtmmLayerDsp* layer) {
  const DtmmConvGeometry geometry = dtmm_conv_geometry(options, shape);
  const int32_t stride = options->stride_width;
  const int32_t taps = options->kernel_height * options->kernel_width;
  int32_t limit = (DTMM_DSP_MAX_COLUMNS - geometry.window_width) / stride;
  int64_t words;
  layer->input = shape->input;
  layer->output = shape->output;
  layer->pad_top = geometry.pad_top;
  layer->pad_left = geometry.pad_left;
  layer->lines = geometry.window_height;
  layer->quads = dtmm_ceil_div(options->input_channels, DTMM_DSP_QUAD);
  if (taps * options->stride_height * stride == 1) {
    const int32_t positions = shape->input.batches * shape->input.height * shape->input.width;
    layer->input.batches = layer->output.batches = 1;
    layer->input.height = layer->output.height = 1;
    layer->input.width = layer->output.width = positions;
    limit = dtmm_min(DTMM_DSP_TILE_POSITIONS, DTMM_DSP_TILE_BYTES / DTMM_DSP_COLUMN_BYTES / layer->quads);
  }
  layer->tile = tile_of(layer->output.width, limit);
  layer->width = (layer->tile - 1) * stride + geometry.window_width;
  layer->phases = dtmm_min(stride, geometry.window_width);
  layer->phase_words = dtmm_ceil_div(layer->width, stride) * DTMM_DSP_COLUMN_WORDS;
  layer->quad_words = layer->phases * layer->phase_words;
  /* The group of a narrower row reads, and drops, columns behind the last line. */
  words = (int64_t)layer->quads * layer->quad_words;
  layer->line_words = (int32_t)words;
  words = words * layer->lines + DTMM_DSP_GROUP * DTMM_DSP_COLUMN_WORDS;
  words -= dtmm_min(layer->tile, DTMM_DSP_GROUP) * DTMM_DSP_COLUMN_WORDS;
  if (words > INT32_MAX / 8) return INT32_MAX;
  return place_filter(options, taps, 4 * (int32_t)words, layer);
}
