/* Filterlet convolution with the DSP instructions (Cortex-M4, M7, M33).
 *
 * Input rows are laid out once in a rolling line buffer (dtmm_layer_dsp.h). For each row of outputs, filter
 * after filter is decoded to a list of runs (dtmm_list_runs_dsp.h), which then serves every group of four
 * output positions of the row (dtmm_sum_groups_dsp.h). */
#include "dtmm_dsp.h"
#include "dtmm_filterlet_conv.h"
#include "dtmm_layer_dsp.h"
#include "dtmm_list_runs_dsp.h"
#include "dtmm_load_line_dsp.h"
#include "dtmm_requantize.h"
#include "dtmm_sum_groups_dsp.h"

#if DTMM_USE_DSP

enum { kMaxTaps = DTMM_MAX_KERNEL_SIZE * DTMM_MAX_KERNEL_SIZE };

/* The listed filter at all groups of a row, in any scale and range. */
static void convolve_any(const DtmmLayerDsp* layer, int32_t index, DtmmFilterDsp* filter, int8_t* output) {
  const DtmmFilterletOptions* options = layer->options;
  const int32_t filters = options->output_channels;
  const int32_t multiplier = dtmm_multiplier(layer->packed->records, filters, index);
  const int32_t shift = dtmm_shift(layer->packed->records, filters, index);
  const int32_t bias = filter->sums[0];
  const int32_t count = dtmm_min(DTMM_DSP_GROUP, layer->tile);
  DtmmOutputRange range;
  int32_t x;
  range.zero_point = options->output_zero_point;
  range.min = options->activation_min;
  range.max = options->activation_max;
  filter->right = 0;
  for (x = 0; x < layer->tile; x += DTMM_DSP_GROUP) {
    /* The last group moves left to stay inside of the row and recomputes what it overlaps. */
    const int32_t first = dtmm_min(x, layer->tile - count);
    int32_t i;
    filter->sums[0] = filter->sums[1] = filter->sums[2] = filter->sums[3] = bias;
    filter->columns = layer->buffer + first * DTMM_DSP_COLUMN_WORDS;
    dtmm_sum_groups_dsp(filter);
    for (i = 0; i < count; ++i) {
      output[(first + i) * filters] = dtmm_requantize(filter->sums[i], multiplier, shift, &range);
    }
  }
  filter->columns = layer->buffer;
}

/* The listed filter at all groups of a row, where dtmm_sum_groups_dsp yields the outputs; its columns are
 * those of the row's whole groups, and stay. */
static inline void convolve_plain(const DtmmLayerDsp* layer, DtmmFilterDsp* filter, int8_t* output) {
  const int32_t overlap = layer->tile & (DTMM_DSP_GROUP - 1);
  filter->output = output;
  dtmm_sum_groups_dsp(filter);
  if (overlap != 0) {
    /* The last group moves left to stay inside of the row and recomputes what it overlaps. */
    const uint32_t* const columns = filter->columns;
    const uint32_t* const columns_end = filter->columns_end;
    filter->output = output + (layer->tile - DTMM_DSP_GROUP) * filter->stride;
    filter->columns_end += overlap * DTMM_DSP_COLUMN_WORDS;
    filter->columns = filter->columns_end - DTMM_DSP_GROUP * DTMM_DSP_COLUMN_WORDS;
    dtmm_sum_groups_dsp(filter);
    filter->columns = columns;
    filter->columns_end = columns_end;
  }
}

/* A filter of which nothing is kept: the same output at all positions of a row. */
static void fill(const DtmmLayerDsp* layer, const DtmmFilterDsp* filter, int8_t* output) {
  const int8_t value = dtmm_scale_dsp(filter, filter->sums[0]);
  const int32_t stride = filter->stride;
  int8_t* const last = output + (layer->tile - DTMM_DSP_GROUP) * stride;
  for (;;) {
    output[0] = output[stride] = output[2 * stride] = output[3 * stride] = value;
    if (output == last) return;
    output += DTMM_DSP_GROUP * stride;
    if (output > last) output = last;
  }
}

/* All filters of a row of outputs. */
static void convolve_row(const DtmmLayerDsp* layer, int8_t* output) {
  const uint8_t* const records = layer->packed->records;
  const int32_t filters = layer->options->output_channels;
  const int8_t* weights = layer->packed->weights;
  uint32_t bit = 0;
  int32_t index;
  DtmmFilterDsp filter;
  filter.runs = layer->runs;
  filter.zero_point = layer->options->output_zero_point;
  filter.stride = filters;
  filter.stride3 = 3 * filters;
  filter.columns = layer->buffer;
  filter.columns_end = layer->buffer + (layer->tile & -DTMM_DSP_GROUP) * DTMM_DSP_COLUMN_WORDS;
  for (index = 0; index < filters; ++index) {
    const int32_t bias = dtmm_folded_bias(records, filters, index);
    const int8_t* const next = layer->tap_blocks == 1 ? dtmm_list_filterlets_dsp(layer, bit, weights)
                                                      : dtmm_list_blocks_dsp(layer, bit, weights);
    filter.sums[0] = filter.sums[1] = filter.sums[2] = filter.sums[3] = bias;
    filter.multiplier = (int32_t)(2 * (uint32_t)dtmm_multiplier(records, filters, index));
    filter.right = -dtmm_shift(records, filters, index);
    if (!layer->plain || filter.right <= 0 || filter.multiplier >= 0) {
      convolve_any(layer, index, &filter, output + index);
    } else if (next == weights) {
      fill(layer, &filter, output + index);
    } else {
      convolve_plain(layer, &filter, output + index);
    }
    bit += (uint32_t)layer->blocks;
    weights = next;
  }
}

/* Loads rows `line` to `end` (not included) of the padded input; its column 0 is column `left` of the lines.
 */
static void load_lines(const DtmmLayerDsp* layer, const int8_t* input, int32_t left, int32_t line,
                       int32_t end) {
  const DtmmNhwc* shape = &layer->input;
  const int padded = left > 0 || left + shape->width < layer->width;
  for (; line < end; ++line) {
    uint32_t* const to = layer->buffer + line % layer->lines * layer->line_words;
    const int32_t row = line - layer->pad_top;
    const int inside = row >= 0 && row < shape->height;
    /* Columns of padding stay as they are when another row comes into the line. */
    if (!inside || (line < layer->lines && padded)) dtmm_clear_line_dsp(layer, to);
    if (inside) dtmm_load_line_dsp(layer, left, input + row * shape->width * shape->channels, to);
  }
}

/* Sets where the taps of outputs start whose window starts at padded row `top`. */
static void set_taps(const DtmmLayerDsp* layer, int32_t top) {
  const DtmmFilterletOptions* options = layer->options;
  int32_t* tap = layer->taps;
  int32_t row;
  for (row = 0; row < options->kernel_height; ++row) {
    const int32_t line = (top + row * options->dilation_height) % layer->lines;
    int32_t i;
    for (i = 0; i < options->kernel_width; ++i) {
      const int32_t column = i * options->dilation_width;
      const int32_t skipped = column / options->stride_width;
      const int32_t phase = column - skipped * options->stride_width;
      *tap++ = 4 * (line * layer->line_words + phase * layer->phase_words + skipped * DTMM_DSP_COLUMN_WORDS);
    }
  }
}

/* The outputs of an image from column `x` on, as many as are computed at a time. */
static void convolve_tile(const DtmmLayerDsp* layer, const int8_t* input, int32_t x, int8_t* output) {
  const int32_t left = layer->pad_left - x * layer->options->stride_width;
  int32_t loaded = 0; /* padded rows that were loaded */
  int32_t top = 0;
  int32_t y;
  output += x * layer->output.channels;
  for (y = 0; y < layer->output.height; ++y) {
    const int32_t end = top + layer->lines;
    load_lines(layer, input, left, loaded > top ? loaded : top, end);
    loaded = end;
    set_taps(layer, top);
    convolve_row(layer, output);
    top += layer->options->stride_height;
    output += layer->output.width * layer->output.channels;
  }
}

void dtmm_filterlet_conv_dsp_s8(const DtmmFilterletOptions* options, const DtmmConvShape* shape,
                                const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                                int8_t* scratch) {
  int32_t taps[kMaxTaps];
  DtmmRunDsp runs[DTMM_DSP_STACK_RUNS];
  DtmmLayerDsp layer;
  int32_t batch;
  dtmm_plan_dsp(options, shape, &layer);
  layer.options = options;
  layer.packed = packed;
  layer.buffer = (uint32_t*)(void*)scratch;
  layer.taps = taps;
  layer.runs = layer.spread_at > layer.runs_at ? (DtmmRunDsp*)(void*)(scratch + layer.runs_at) : runs;
  layer.spread = scratch + layer.spread_at;
  layer.block_bytes = options->block_channels / DTMM_DSP_QUAD * layer.quad_words * 4;
  layer.step = (uint32_t)(4 * (layer.quad_words - DTMM_DSP_GROUP * DTMM_DSP_COLUMN_WORDS)) & 0xffff;
  dtmm_set_quads_dsp(&layer.whole, layer.quads - 1, layer.step);
  layer.plain = layer.tile >= DTMM_DSP_GROUP && options->activation_min == INT8_MIN &&
                options->activation_max == INT8_MAX;
  for (batch = 0; batch < layer.input.batches; ++batch) {
    int32_t x;
    for (x = 0; x < layer.output.width; x += layer.tile) {
      /* The last tile may overlap the one before. */
      convolve_tile(&layer, input, dtmm_min(x, layer.output.width - layer.tile), output);
    }
    input += layer.input.height * layer.input.width * layer.input.channels;
    output += layer.output.height * layer.output.width * layer.output.channels;
  }
}

#endif /* DTMM_USE_DSP */
