/* A row of outputs of the DSP convolution.
 *
 * Filter after filter: its index is decoded once to a list of runs, which then serves every group of four
 * output positions of the row. */
#include "dtmm_dsp.h"
#include "dtmm_filterlet_dsp.h"
#include "dtmm_index_dsp.h"
#include "dtmm_lines_dsp.h"
#include "dtmm_requantize_dsp.h"

#if DTMM_USE_DSP

/* Bits of the index that are decoded at once, at most. Runs of a list, its end included, and those of so many
 * bits: one per filterlet and as many that take back, or one for every other block and one that takes back.
 */
enum { kMaxChunk = 31, kMaxRuns = 128, kMaxFilterletRuns = 2 * kMaxChunk, kMaxBlockRuns = 17 };

/* A place in a layer, between two chunks of the index. */
typedef struct Cursor {
  uint32_t bit; /* of the index */
  const int8_t* weights;
  int32_t tap;
  int32_t block; /* of that tap; 0 where the blocks are whole filterlets */
} Cursor;

/* What the filters of a row share. */
typedef struct Layer {
  const DtmmDspRow* row;
  const DtmmPackedTensors* packed;
  DtmmOutputRange range;
  int32_t filters;
  int32_t taps;
  int32_t tap_blocks;     /* blocks of a tap */
  int32_t block_quads;    /* quads of a block */
  int32_t excess;         /* channels that the last block of a tap has less */
  int32_t step;           /* of DtmmDspFilter */
  const int8_t* safe_end; /* up to here a list may end that reads 3 weights more than it has */
  int32_t max_right;      /* largest right shift that dtmm_sum_groups_dsp may do */
} Layer;

/* Decodes the index of whole filterlets to a list until the filter ends or more may not fit. */
static void list_filterlets(const Layer* layer, Cursor* cursor, DtmmDspRun* runs) {
  const DtmmDspRun* limit = runs + kMaxRuns - 1 - kMaxFilterletRuns;
  const DtmmDspRun quads = (DtmmDspRun)layer->block_quads * kDtmmRunQuad;
  const DtmmDspRun excess = (DtmmDspRun)layer->excess;
  const int32_t channels = kDtmmQuad * layer->block_quads - layer->excess;
  const uint16_t* tap = layer->row->taps + cursor->tap;
  const uint16_t* end = layer->row->taps + layer->taps;
  const int8_t* weights = cursor->weights;
  uint32_t bit = cursor->bit;
  while (tap != end && runs <= limit) {
    const int32_t count = dtmm_min(kMaxChunk, dtmm_min(dtmm_index_room(bit), (int32_t)(end - tap)));
    uint32_t kept = dtmm_index_bits(layer->packed, bit, count);
    const uint16_t* next = tap;
    for (; kept != 0; kept <<= 1) {
      const int32_t skipped = dtmm_leading_zeros(kept);
      next += skipped;
      kept <<= skipped;
      *runs++ = *next++ + quads;
      if (excess != 0) *runs++ = excess;
      weights += channels;
    }
    bit += (uint32_t)count;
    tap += count;
  }
  cursor->bit = bit;
  cursor->weights = weights;
  cursor->tap = (int32_t)(tap - layer->row->taps);
  *runs = 0;
}

/* The same for several blocks per tap; neighbours are one run. */
static void list_blocks(const Layer* layer, Cursor* cursor, DtmmDspRun* runs) {
  const DtmmDspRun* limit = runs + kMaxRuns - 1 - kMaxBlockRuns;
  const int32_t quads = layer->block_quads;
  const int32_t block_bytes = quads * layer->row->quad_pitch;
  const int8_t* weights = cursor->weights;
  uint32_t bit = cursor->bit;
  while (cursor->tap != layer->taps && runs <= limit) {
    const int32_t left = layer->tap_blocks - cursor->block;
    const int32_t count = dtmm_min(kMaxChunk, dtmm_min(dtmm_index_room(bit), left));
    uint32_t kept = dtmm_index_bits(layer->packed, bit, count);
    const uint32_t last = kept & ((UINT32_MAX / 2 + 1) >> (count - 1));
    int32_t offset = layer->row->taps[cursor->tap] + cursor->block * block_bytes;
    while (kept != 0) {
      const int32_t skipped = dtmm_leading_zeros(kept);
      int32_t blocks;
      kept <<= skipped;
      offset += skipped * block_bytes;
      blocks = dtmm_leading_zeros(~kept); /* there is a 0: not all of the word was read */
      kept <<= blocks;
      *runs++ = (DtmmDspRun)(offset + blocks * quads * kDtmmRunQuad);
      offset += blocks * block_bytes;
      weights += blocks * quads * kDtmmQuad;
    }
    bit += (uint32_t)count;
    cursor->block += count;
    if (count != left) continue;
    cursor->block = 0;
    ++cursor->tap;
    if (last != 0 && layer->excess != 0) {
      weights -= layer->excess;
      runs[-1] -= (DtmmDspRun)layer->excess / kDtmmQuad * kDtmmRunQuad;
      if (layer->excess % kDtmmQuad != 0) *runs++ = (DtmmDspRun)layer->excess % kDtmmQuad;
    }
  }
  cursor->bit = bit;
  cursor->weights = weights;
  *runs = 0;
}

static void list_runs(const Layer* layer, Cursor* cursor, DtmmDspRun* runs) {
  if (layer->tap_blocks == 1) {
    list_filterlets(layer, cursor, runs);
  } else {
    list_blocks(layer, cursor, runs);
  }
}

/* Sums the list in the filter's runs at the groups from the filter's columns on. `end` is behind the list. */
static void sum_groups(const Layer* layer, const Cursor* end, DtmmDspFilter* filter) {
  if (end->weights > layer->safe_end) {
    dtmm_sum_last_group_dsp(filter, layer->packed->weights + layer->packed->weight_bytes);
  } else {
    dtmm_sum_groups_dsp(filter);
  }
}

/* Any filter at any row: of any number of runs and in any scale. Group by group, list by list.
 *
 * start: of the filter; end: behind the first list, which is in `runs`, then behind the filter. */
static void convolve_stepwise(const Layer* layer, int32_t index, const Cursor* start, Cursor* end,
                              DtmmDspRun* runs, int8_t* output) {
  const uint8_t* records = layer->packed->records;
  const int32_t bias = dtmm_folded_bias(records, layer->filters, index);
  const int32_t multiplier = dtmm_multiplier(records, layer->filters, index);
  const int32_t shift = dtmm_shift(records, layer->filters, index);
  const int32_t count = dtmm_min(kDtmmDspGroup, layer->row->width);
  const int listed = end->tap == layer->taps;
  DtmmDspFilter filter;
  int32_t x;
  filter.runs = runs;
  filter.step = layer->step;
  filter.right = 0;
  for (x = 0; x < layer->row->width; x += kDtmmDspGroup) {
    /* The last group moves left to stay inside of the row and recomputes what it overlaps. */
    const int32_t first = dtmm_min(x, layer->row->width - count);
    int32_t i;
    filter.columns = layer->row->lines + first * kDtmmColumnWords;
    filter.columns_end = filter.columns + kDtmmDspGroup * kDtmmColumnWords;
    filter.weights = start->weights;
    for (i = 0; i < kDtmmDspGroup; ++i) filter.sums[i] = bias;
    if (!listed) {
      *end = *start;
      list_runs(layer, end, runs);
    }
    sum_groups(layer, end, &filter);
    while (end->tap != layer->taps) {
      filter.weights = end->weights;
      list_runs(layer, end, runs);
      sum_groups(layer, end, &filter);
    }
    for (i = 0; i < count; ++i) {
      output[(first + i) * layer->filters] =
          dtmm_requantize_dsp(filter.sums[i], multiplier, shift, &layer->range);
    }
  }
}

/* A filter of which nothing is kept: the same output at all positions. */
static void fill(const Layer* layer, int32_t index, int8_t* output) {
  const uint8_t* records = layer->packed->records;
  const int8_t value = dtmm_requantize_dsp(dtmm_folded_bias(records, layer->filters, index),
                                           dtmm_multiplier(records, layer->filters, index),
                                           dtmm_shift(records, layer->filters, index), &layer->range);
  int32_t x;
  for (x = 0; x < layer->row->width; ++x) {
    *output = value;
    output += layer->filters;
  }
}

/* Sets where the filter's sums start and how they are scaled, if dtmm_sum_groups_dsp can do it.
 *
 * Its outputs are those of dtmm_requantize where doubling a sum does not overflow, where the shift goes
 * right, so that there is a half to add, and where the zero point fits above the bits that are shifted out.
 */
static inline int set_scale(const Layer* layer, int32_t index, DtmmDspFilter* filter) {
  const uint8_t* records = layer->packed->records;
  const int32_t bias = dtmm_folded_bias(records, layer->filters, index);
  const int32_t right = -dtmm_shift(records, layer->filters, index);
  const int32_t limit = (int32_t)1 << 29;
  if (right < 1 || right > layer->max_right || bias <= -limit || bias >= limit) return 0;
  filter->sums[0] = filter->sums[1] = filter->sums[2] = filter->sums[3] = bias;
  filter->multiplier = dtmm_multiplier(records, layer->filters, index);
  filter->addend = (2 * layer->range.zero_point + 1) * ((int32_t)1 << (right - 1));
  filter->right = right;
  return 1;
}

static Layer make_layer(const DtmmFilterletOptions* options, const DtmmPackedTensors* packed,
                        const DtmmDspRow* row) {
  Layer layer;
  layer.row = row;
  layer.packed = packed;
  layer.range.zero_point = options->output_zero_point;
  layer.range.min = options->activation_min;
  layer.range.max = options->activation_max;
  layer.filters = options->output_channels;
  layer.taps = options->kernel_height * options->kernel_width;
  layer.tap_blocks = dtmm_ceil_div(options->input_channels, options->block_channels);
  layer.block_quads = dtmm_ceil_div(options->block_channels, kDtmmQuad);
  layer.excess = layer.tap_blocks * layer.block_quads * kDtmmQuad - options->input_channels;
  layer.step = row->quad_pitch - kDtmmDspGroup * kDtmmColumnBytes;
  layer.safe_end = packed->weights + packed->weight_bytes;
  if (layer.excess % kDtmmQuad != 0) layer.safe_end -= kDtmmQuad;
  layer.max_right = 0;
  /* A product is at most 2^14, so the sums without the bias stay within 2^29. */
  if (row->width >= kDtmmDspGroup && options->input_channels <= (1 << 15) / layer.taps &&
      options->activation_min == INT8_MIN && options->activation_max == INT8_MAX) {
    layer.max_right = 21;
  }
  return layer;
}

void dtmm_filterlet_row_dsp_s8(const DtmmFilterletOptions* options, const DtmmPackedTensors* packed,
                               const DtmmDspRow* row, int8_t* output) {
  const Layer layer = make_layer(options, packed, row);
  const int32_t last = (row->width - kDtmmDspGroup) * kDtmmColumnWords;
  const int32_t overlap = row->width % kDtmmDspGroup;
  DtmmDspRun runs[kMaxRuns];
  Cursor cursor = {0, packed->weights, 0, 0};
  DtmmDspFilter filter;
  int32_t index;
  filter.runs = runs;
  filter.step = layer.step;
  filter.stride = layer.filters;
  for (index = 0; index < layer.filters; ++index, ++output) {
    Cursor start;
    start.bit = cursor.bit;
    start.weights = cursor.weights;
    start.tap = 0;
    start.block = 0;
    cursor.tap = 0;
    list_runs(&layer, &cursor, runs);
    if (cursor.weights == start.weights) {
      fill(&layer, index, output);
      continue;
    }
    if (cursor.tap != layer.taps || cursor.weights > layer.safe_end || !set_scale(&layer, index, &filter)) {
      convolve_stepwise(&layer, index, &start, &cursor, runs, output);
      continue;
    }
    filter.weights = start.weights;
    filter.output = output;
    filter.columns = row->lines;
    filter.columns_end = row->lines + last + (kDtmmDspGroup - overlap) * kDtmmColumnWords;
    dtmm_sum_groups_dsp(&filter);
    if (overlap == 0) continue;
    /* The last group moves left to stay inside of the row and recomputes what it overlaps. */
    filter.output = output + (row->width - kDtmmDspGroup) * layer.filters;
    filter.columns = row->lines + last;
    filter.columns_end = filter.columns + kDtmmDspGroup * kDtmmColumnWords;
    dtmm_sum_groups_dsp(&filter);
  }
}

#endif /* DTMM_USE_DSP */
