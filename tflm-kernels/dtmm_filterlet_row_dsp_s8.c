/* A row of outputs of the DSP convolution.
 *
 * Filter after filter: its index is decoded once to a list of runs, which then serves every group of four
 * output positions of the row. */
#include "dtmm_dsp.h"
#include "dtmm_filterlet_dsp.h"
#include "dtmm_index_reader.h"
#include "dtmm_lines_dsp.h"
#include "dtmm_requantize.h"

#if DTMM_USE_DSP

/* Runs of a list without its end: room for those of two chunks of the index, whatever the bits. */
enum { kMaxRuns = 64 };

/* A place in the index of a layer: the chunk that comes next. */
typedef struct Cursor {
  DtmmIndexReader reader;
  int32_t tap;
  int32_t block; /* of that tap; 0 where the blocks are whole filterlets */
} Cursor;

/* What the filters of a row share. */
typedef struct Row {
  int32_t kernel_taps;
  int32_t channels;
  int32_t block;      /* channels of a block; the last one of a tap may have fewer */
  int32_t tap_blocks; /* blocks of a tap */
  const uint32_t* const* taps;
  int32_t quad_pitch;        /* words from quad to quad */
  const int8_t* weights_end; /* of the layer */
} Row;

/* From accumulators to outputs. */
typedef struct Scaling {
  DtmmOutputRange range;
  int32_t multiplier;
  int32_t shift;
  int32_t right;     /* -shift where the short way is taken, else 0 */
  int32_t addend;    /* half of the last place and the zero point, both before the right shift */
  int32_t short_way; /* whether the layer allows it: small sums, all of int8 for outputs */
} Scaling;

/* Length of a run of so many channels. */
static int32_t run_length(int32_t channels) {
  return channels / kDtmmQuad + channels % kDtmmQuad * kDtmmRunTail;
}

/* Decodes chunks of the index until the list is full or the filter is done; returns the end of the list. */
static DtmmDspRun* decode_filterlets(const Row* row, Cursor* cursor, DtmmDspRun* run) {
  const DtmmDspRun* limit = run + kMaxRuns - DTMM_INDEX_CHUNK;
  const int32_t length = run_length(row->channels);
  while (cursor->tap < row->kernel_taps && run <= limit) {
    const int32_t count = dtmm_min(DTMM_INDEX_CHUNK, row->kernel_taps - cursor->tap);
    uint32_t kept = dtmm_index_read(&cursor->reader, count);
    for (; kept != 0; kept &= kept - 1) {
      run->input = row->taps[cursor->tap + dtmm_lowest_bit(kept)];
      run->length = length;
      ++run;
    }
    cursor->tap += count;
  }
  return run;
}

/* The same for several blocks per tap: those that are neighbours are one run. */
static DtmmDspRun* decode_blocks(const Row* row, Cursor* cursor, DtmmDspRun* run) {
  const DtmmDspRun* limit = run + kMaxRuns - DTMM_INDEX_CHUNK / 2;
  while (cursor->tap < row->kernel_taps && run <= limit) {
    const int32_t count = dtmm_min(DTMM_INDEX_CHUNK, row->tap_blocks - cursor->block);
    uint32_t kept = dtmm_index_read(&cursor->reader, count);
    while (kept != 0) {
      const int32_t bit = dtmm_lowest_bit(kept);
      /* There is a 0 above the run: a chunk is shorter than the word. */
      const int32_t blocks = dtmm_lowest_bit(~(kept >> bit));
      const int32_t first = (cursor->block + bit) * row->block;
      run->input = row->taps[cursor->tap] + first / kDtmmQuad * row->quad_pitch;
      run->length = run_length(dtmm_min(blocks * row->block, row->channels - first));
      ++run;
      kept &= kept + ((uint32_t)1 << bit); /* the carry clears the run */
    }
    cursor->block += count;
    if (cursor->block == row->tap_blocks) {
      cursor->block = 0;
      ++cursor->tap;
    }
  }
  return run;
}

/* Fills the list with the next runs of the filter that the cursor is in. */
static void decode(const Row* row, Cursor* cursor, DtmmDspRun* runs) {
  DtmmDspRun* end =
      row->tap_blocks == 1 ? decode_filterlets(row, cursor, runs) : decode_blocks(row, cursor, runs);
  end->length = 0;
}

/* The scaling of a layer: where the short way may be taken.
 *
 * It is exact where doubling an accumulator does not overflow, where the shift goes right, so that there is a
 * half to add, and where the zero point fits above the bits that are shifted out. A product is at most 2^14,
 * so up to 2^15 weights of a filter stay within 2^29; its bias has to as well. */
static Scaling layer_scaling(const DtmmFilterletOptions* options) {
  const int64_t weights = (int64_t)options->kernel_height * options->kernel_width * options->input_channels;
  Scaling scaling;
  scaling.range.zero_point = options->output_zero_point;
  scaling.range.min = options->activation_min;
  scaling.range.max = options->activation_max;
  scaling.short_way =
      weights <= (1 << 15) && options->activation_min == INT8_MIN && options->activation_max == INT8_MAX;
  return scaling;
}

/* Sets the scaling of a filter. */
static void scale_filter(int32_t bias, int32_t multiplier, int32_t shift, Scaling* scaling) {
  const int32_t limit = (int32_t)1 << 29;
  const int32_t right = -shift;
  scaling->multiplier = multiplier;
  scaling->shift = shift;
  scaling->right = 0;
  if (scaling->short_way && bias < limit && bias > -limit && right >= 1 && right <= 21) {
    scaling->right = right;
    scaling->addend = scaling->range.zero_point * ((int32_t)1 << right) + ((int32_t)1 << (right - 1));
  }
}

/* dtmm_requantize, the short way: six instructions. */
static inline int8_t scale(int32_t sum, const Scaling* scaling) {
  const int32_t high = dtmm_rounded_high_product(2 * sum, scaling->multiplier);
  const int32_t value = (high + (high >> 31) + scaling->addend) >> scaling->right;
  return (int8_t)(value < INT8_MIN ? INT8_MIN : value > INT8_MAX ? INT8_MAX : value);
}

/* Writes the outputs of a group of full width, `step` apart. */
static void write_group(const DtmmDspGroup* group, const Scaling* scaling, int32_t count, int32_t step,
                        int8_t* output) {
  int32_t i;
  if (scaling->right != 0 && count == kDtmmDspGroup) {
    output[0] = scale(group->sums[0], scaling);
    output[step] = scale(group->sums[1], scaling);
    output[2 * step] = scale(group->sums[2], scaling);
    output[3 * step] = scale(group->sums[3], scaling);
    return;
  }
  for (i = 0; i < count; ++i) {
    output[i * step] = dtmm_requantize(group->sums[i], scaling->multiplier, scaling->shift, &scaling->range);
  }
}
/* Adds a list of runs to the sums of a group; returns the weights that follow. */
static const int8_t* accumulate(const Row* row, const DtmmDspRun* runs, int32_t input_bytes,
                                const int8_t* weights, DtmmDspGroup* group) {
  return row->channels % kDtmmQuad == 0
             ? dtmm_accumulate_runs_dsp(runs, input_bytes, weights, group)
             : dtmm_accumulate_ragged_runs_dsp(runs, input_bytes, weights, row->weights_end, group);
}

/* All output positions of the filter at the cursor, which moves on to the next filter; returns the weights
 * that follow. Filters of more runs than a list holds are decoded again for every group. */
static const int8_t* convolve_filter(const Row* row, int32_t width, int32_t bias, const Scaling* scaling,
                                     int32_t filters, Cursor* cursor, const int8_t* weights, int8_t* output) {
  const int32_t count = dtmm_min(kDtmmDspGroup, width);
  DtmmDspRun runs[kMaxRuns + 1];
  DtmmDspGroup group;
  const int8_t* next = weights;
  Cursor done = *cursor;
  int32_t x;
  group.step = (row->quad_pitch - kDtmmDspGroup * kDtmmColumnWords) * (int32_t)sizeof(uint32_t);
  decode(row, &done, runs);
  for (x = 0; x < width; x += kDtmmDspGroup) {
    /* The last group moves left to stay inside of the row and recomputes what it overlaps. */
    const int32_t first = dtmm_min(x, width - count);
    const int32_t input_bytes = first * kDtmmColumnWords * (int32_t)sizeof(uint32_t);
    group.sums[0] = group.sums[1] = group.sums[2] = group.sums[3] = bias;
    next = accumulate(row, runs, input_bytes, weights, &group);
    if (done.tap < row->kernel_taps) {
      Cursor rest = done;
      do {
        decode(row, &rest, runs);
        next = accumulate(row, runs, input_bytes, next, &group);
      } while (rest.tap < row->kernel_taps);
      done = *cursor;
      decode(row, &done, runs);
      if (first == width - count) done = rest;
    }
    write_group(&group, scaling, count, filters, output + first * filters);
  }
  *cursor = done;
  cursor->tap = 0;
  return next;
}

void dtmm_filterlet_row_dsp_s8(const DtmmFilterletOptions* options, const DtmmPackedTensors* packed,
                               const DtmmDspRow* place, int8_t* output) {
  const int32_t filters = options->output_channels;
  const int8_t* weights = packed->weights;
  Scaling scaling = layer_scaling(options);
  Cursor cursor;
  Row row;
  int32_t filter;
  row.kernel_taps = options->kernel_height * options->kernel_width;
  row.channels = options->input_channels;
  row.block = options->block_channels;
  row.tap_blocks = dtmm_ceil_div(row.channels, row.block);
  row.taps = place->taps;
  row.quad_pitch = place->quad_pitch;
  row.weights_end = packed->weights + packed->weight_bytes;
  cursor.reader = dtmm_index_reader(packed->index);
  cursor.tap = 0;
  cursor.block = 0;
  for (filter = 0; filter < filters; ++filter) {
    const int32_t bias = dtmm_folded_bias(packed->records, filters, filter);
    scale_filter(bias, dtmm_multiplier(packed->records, filters, filter),
                 dtmm_shift(packed->records, filters, filter), &scaling);
    weights = convolve_filter(&row, place->width, bias, &scaling, filters, &cursor, weights, output + filter);
  }
}

#endif
