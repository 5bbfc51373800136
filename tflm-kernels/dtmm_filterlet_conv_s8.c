/* Portable filterlet convolution.
 *
 * Padded layers go through a rolling line buffer: every input row is copied once, with the input zero point
 * around it, so padding needs no test in the inner loop and the folded bias is exact everywhere. Layers that
 * read no padding are computed straight from the input. A tap is one kernel position: for a group of output
 * positions a table holds where each tap starts reading, and the packed weights are streamed once per group.
 * Kept blocks that are neighbours in memory on both sides are one longer run: within a tap those next to each
 * other, and whole filterlets across the taps of a row too. */
#include <string.h>

#include "dtmm_conv_geometry.h"
#include "dtmm_filterlet_conv.h"
#include "dtmm_index_reader.h"
#include "dtmm_requantize.h"
#include "dtmm_sum_four.h"

/* Output positions that share one pass over the weights: four accumulators and four pointers fit a Cortex-M.
 */
enum { kGroup = 4, kMaxTaps = DTMM_MAX_KERNEL_SIZE * DTMM_MAX_KERNEL_SIZE };

/* Where the group's outputs read and write, relative to its first one. */
typedef struct Group {
  const int8_t* taps[kMaxTaps]; /* input values of the first output position, by tap */
  int32_t offsets[kGroup];      /* from those of the first position to those of position i */
  int32_t count;                /* output positions to write, 1 to kGroup */
} Group;

/* Writes one padded line: the input row (NULL if it lies outside of the input) between zero points. */
static void load_line(const DtmmFilterletOptions* options, const DtmmConvGeometry* geometry,
                      const int8_t* row, int32_t input_width, int8_t* line) {
  const int32_t channels = options->input_channels;
  const size_t line_bytes = (size_t)(geometry->line_width * channels);
  const size_t left = (size_t)(geometry->pad_left * channels);
  const size_t copied = (size_t)(dtmm_min(input_width, geometry->line_width - geometry->pad_left) * channels);
  if (row == NULL) {
    memset(line, options->input_zero_point, line_bytes);
    return;
  }
  memset(line, options->input_zero_point, left);
  memcpy(line + left, row, copied);
  memset(line + left + copied, options->input_zero_point, line_bytes - left - copied);
}

/* Adds the filterlets in `kept` (bit i is taps[i]) to the sums; returns the weights that follow them. */
static const int8_t* accumulate_taps(uint32_t kept, const int8_t* const* taps, const int32_t* offsets,
                                     int32_t channels, const int8_t* weights, int32_t* sums) {
  while (kept != 0) {
    int32_t tap = dtmm_lowest_bit(kept);
    const int8_t* input = taps[tap];
    int32_t length = 0;
    do {
      kept &= kept - 1;
      length += channels;
      ++tap;
    } while (((kept >> tap) & 1) != 0 && taps[tap] == input + length);
    dtmm_sum_four(weights, input, offsets, length, sums);
    weights += length;
  }
  return weights;
}

/* Adds the next filter in `reader`, of one whole filterlet per tap; returns the weights that follow. */
static const int8_t* accumulate_filterlets(const DtmmFilterletOptions* options, const Group* group,
                                           DtmmIndexReader* reader, const int8_t* weights, int32_t* sums) {
  const int32_t taps = options->kernel_height * options->kernel_width;
  int32_t tap;
  for (tap = 0; tap < taps; tap += DTMM_INDEX_CHUNK) {
    const uint32_t kept = dtmm_index_read(reader, dtmm_min(DTMM_INDEX_CHUNK, taps - tap));
    weights =
        accumulate_taps(kept, group->taps + tap, group->offsets, options->input_channels, weights, sums);
  }
  return weights;
}

/* Adds the blocks in `kept` (bit i starts at input + i * block) to the sums; `channels` are left from `input`
 * on, so that the last block of a tap may be shorter. Returns the weights that follow them. */
static const int8_t* accumulate_blocks(uint32_t kept, const int8_t* input, const int32_t* offsets,
                                       int32_t block, int32_t channels, const int8_t* weights,
                                       int32_t* sums) {
  while (kept != 0) {
    const int32_t first = dtmm_lowest_bit(kept);
    /* There is a 0 above the run: a chunk is shorter than the word. */
    const int32_t count = dtmm_lowest_bit(~(kept >> first));
    const int32_t length = dtmm_min(count * block, channels - first * block);
    dtmm_sum_four(weights, input + first * block, offsets, length, sums);
    weights += length;
    kept &= kept + ((uint32_t)1 << first); /* the carry clears the run */
  }
  return weights;
}

/* Adds the next filter in `reader`, of several blocks per tap; returns the weights that follow. */
static const int8_t* accumulate_block_taps(const DtmmFilterletOptions* options, const Group* group,
                                           DtmmIndexReader* reader, const int8_t* weights, int32_t* sums) {
  const int32_t taps = options->kernel_height * options->kernel_width;
  const int32_t block = options->block_channels;
  const int32_t channels = options->input_channels;
  const int32_t blocks = dtmm_ceil_div(channels, block);
  int32_t tap;
  for (tap = 0; tap < taps; ++tap) {
    int32_t done;
    for (done = 0; done < blocks; done += DTMM_INDEX_CHUNK) {
      const uint32_t kept = dtmm_index_read(reader, dtmm_min(DTMM_INDEX_CHUNK, blocks - done));
      const int32_t channel = done * block;
      weights = accumulate_blocks(kept, group->taps[tap] + channel, group->offsets, block, channels - channel,
                                  weights, sums);
    }
  }
  return weights;
}

/* All filters at one group of output positions. */
static void convolve_group(const DtmmFilterletOptions* options, const DtmmPackedTensors* packed,
                           const Group* group, int8_t* output) {
  const DtmmOutputRange range = {options->output_zero_point, options->activation_min,
                                 options->activation_max};
  const int whole_filterlets = options->block_channels == options->input_channels;
  const int32_t filters = options->output_channels;
  const int8_t* weights = packed->weights;
  DtmmIndexReader reader = dtmm_index_reader(packed->index);
  int32_t filter;
  for (filter = 0; filter < filters; ++filter) {
    const int32_t bias = dtmm_folded_bias(packed->records, filters, filter);
    const int32_t multiplier = dtmm_multiplier(packed->records, filters, filter);
    const int32_t shift = dtmm_shift(packed->records, filters, filter);
    int32_t sums[kGroup];
    int32_t i;
    for (i = 0; i < kGroup; ++i) sums[i] = bias;
    weights = whole_filterlets ? accumulate_filterlets(options, group, &reader, weights, sums)
                               : accumulate_block_taps(options, group, &reader, weights, sums);
    for (i = 0; i < group->count; ++i) {
      output[i * filters + filter] = dtmm_requantize(sums[i], multiplier, shift, &range);
    }
  }
}

/* One output row; rows[k] is the line that kernel row k reads, from its first padded column on. */
static void convolve_row(const DtmmFilterletOptions* options, const DtmmPackedTensors* packed,
                         const int8_t* const* rows, int32_t output_width, int8_t* output) {
  const int32_t position_bytes = options->stride_width * options->input_channels;
  const int32_t tap_bytes = options->dilation_width * options->input_channels;
  Group group;
  int32_t i;
  int32_t x;
  group.count = dtmm_min(kGroup, output_width);
  /* In a row of fewer than kGroup positions the spare accumulators repeat the last one. */
  for (i = 0; i < kGroup; ++i) group.offsets[i] = dtmm_min(i, group.count - 1) * position_bytes;
  for (x = 0; x < output_width; x += kGroup) {
    /* The last group moves left to stay inside of the row and recomputes what it overlaps. */
    const int32_t first = dtmm_min(x, output_width - group.count);
    int32_t tap = 0;
    int32_t row;
    for (row = 0; row < options->kernel_height; ++row) {
      const int8_t* input = rows[row] + first * position_bytes;
      int32_t column;
      for (column = 0; column < options->kernel_width; ++column) {
        group.taps[tap++] = input + column * tap_bytes;
      }
    }
    convolve_group(options, packed, &group, output + first * options->output_channels);
  }
}

/* One image of a batch. */
static void convolve_image(const DtmmFilterletOptions* options, const DtmmConvShape* shape,
                           const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                           int8_t* scratch) {
  const DtmmConvGeometry geometry = dtmm_conv_geometry(options, shape);
  const int32_t input_row_bytes = shape->input.width * options->input_channels;
  const int32_t line_bytes =
      geometry.padded ? geometry.line_width * options->input_channels : input_row_bytes;
  const int32_t output_row_bytes = shape->output.width * options->output_channels;
  const int8_t* rows[DTMM_MAX_KERNEL_SIZE];
  int32_t next_line = 0; /* first padded row that was not loaded yet */
  int32_t y;
  for (y = 0; y < shape->output.height; ++y) {
    const int32_t top = y * options->stride_height;
    int32_t line;
    int32_t k;
    if (geometry.padded) {
      for (line = next_line > top ? next_line : top; line < top + geometry.window_height; ++line) {
        const int32_t row = line - geometry.pad_top;
        const int inside = row >= 0 && row < shape->input.height;
        load_line(options, &geometry, inside ? input + row * input_row_bytes : NULL, shape->input.width,
                  scratch + (line % geometry.window_height) * line_bytes);
      }
      next_line = line;
    }
    for (k = 0; k < options->kernel_height; ++k) {
      const int32_t from = top + k * options->dilation_height;
      rows[k] = geometry.padded ? scratch + (from % geometry.window_height) * line_bytes
                                : input + from * line_bytes;
    }
    convolve_row(options, packed, rows, shape->output.width, output + y * output_row_bytes);
  }
}

void dtmm_filterlet_conv_s8(const DtmmFilterletOptions* options, const DtmmConvShape* shape,
                            const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                            int8_t* scratch) {
  const int32_t image = shape->input.height * shape->input.width * shape->input.channels;
  const int32_t result = shape->output.height * shape->output.width * shape->output.channels;
  int32_t batch;
  if (options->kernel_height * options->kernel_width * options->stride_height * options->stride_width == 1) {
    /* Positions are independent of their place: the whole batch is one long row. */
    const int32_t positions = shape->output.batches * shape->output.height * shape->output.width;
    convolve_row(options, packed, &input, positions, output);
    return;
  }
  for (batch = 0; batch < shape->input.batches; ++batch) {
    convolve_image(options, shape, packed, input + batch * image, output + batch * result, scratch);
  }
}
