/* Portable block fully connected: row after row, a bundle of outputs at a time, so that each input value is
 * loaded once for all outputs of a block. */
#include "dtmm_block_fc.h"
#include "dtmm_index_reader.h"
#include "dtmm_requantize.h"
#include "dtmm_sum_four.h"

/* sums[o] += dot(input, weights + o * length) over `length` values, for any number of outputs. */
static void accumulate_some(const int8_t* weights, const int8_t* input, int32_t length, int32_t outputs,
                            int32_t* sums) {
  int32_t output;
  for (output = 0; output < outputs; ++output) {
    int32_t sum = 0;
    int32_t i;
    for (i = 0; i < length; ++i) sum += input[i] * weights[i];
    sums[output] += sum;
    weights += length;
  }
}

/* Adds the next bundle in `reader`, of `outputs` outputs, to the sums; returns the weights that follow. */
static const int8_t* accumulate_bundle(const DtmmBlockFcOptions* options, int32_t outputs,
                                       const int8_t* input, DtmmIndexReader* reader, const int8_t* weights,
                                       int32_t* sums) {
  const int32_t block = options->block_inputs;
  const int32_t blocks = dtmm_ceil_div(options->inputs, block);
  int32_t done;
  for (done = 0; done < blocks; done += DTMM_INDEX_CHUNK) {
    uint32_t kept = dtmm_index_read(reader, dtmm_min(DTMM_INDEX_CHUNK, blocks - done));
    for (; kept != 0; kept &= kept - 1) {
      const int32_t first = (done + dtmm_lowest_bit(kept)) * block;
      const int32_t length = dtmm_min(block, options->inputs - first);
      if (outputs == 4) {
        const int32_t offsets[4] = {0, length, 2 * length, 3 * length};
        dtmm_sum_four(input + first, weights, offsets, length, sums);
      } else {
        accumulate_some(weights, input + first, length, outputs, sums);
      }
      weights += outputs * length;
    }
  }
  return weights;
}

/* All outputs of one row. */
static void multiply_row(const DtmmBlockFcOptions* options, const DtmmPackedTensors* packed,
                         const int8_t* input, int8_t* output) {
  const DtmmOutputRange range = {options->output_zero_point, options->activation_min,
                                 options->activation_max};
  const int8_t* weights = packed->weights;
  DtmmIndexReader reader = dtmm_index_reader(packed->index);
  int32_t first;
  for (first = 0; first < options->outputs; first += options->block_outputs) {
    const int32_t outputs = dtmm_min(options->block_outputs, options->outputs - first);
    int32_t sums[DTMM_MAX_BLOCK_OUTPUTS];
    int32_t i;
    for (i = 0; i < outputs; ++i) {
      sums[i] = dtmm_folded_bias(packed->records, options->outputs, first + i);
    }
    weights = accumulate_bundle(options, outputs, input, &reader, weights, sums);
    for (i = 0; i < outputs; ++i) {
      const int32_t multiplier = dtmm_multiplier(packed->records, options->outputs, first + i);
      const int32_t shift = dtmm_shift(packed->records, options->outputs, first + i);
      output[first + i] = dtmm_requantize(sums[i], multiplier, shift, &range);
    }
  }
}

void dtmm_block_fc_s8(const DtmmBlockFcOptions* options, const DtmmFcShape* shape,
                      const DtmmPackedTensors* packed, const int8_t* input, int8_t* output, int8_t* scratch) {
  int32_t row;
  (void)scratch;
  for (row = 0; row < shape->rows; ++row) {
    multiply_row(options, packed, input + row * options->inputs, output + row * options->outputs);
  }
}
