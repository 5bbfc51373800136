/* Block fully connected with the DSP instructions: blocks of four outputs, so that each quad of inputs is
 * loaded and extended once for all of them (dtmm_sum_tiles_dsp.c). Blocks of fewer outputs or of inputs in no
 * quads are summed value by value. */
#include "dtmm_block_fc.h"
#include "dtmm_block_fc_dsp.h"
#include "dtmm_index_dsp.h"
#include "dtmm_requantize_dsp.h"

#if DTMM_USE_DSP

/* Adds the blocks in `kept` value by value; bit 31 starts at `inputs`, of which `left` are left. Returns the
 * weights that follow. */
static const int8_t* add_values(uint32_t kept, int32_t outputs, const int8_t* inputs, int32_t left,
                                const int8_t* weights, DtmmTilesDsp* tiles) {
  for (; kept != 0; kept <<= 1) {
    const int32_t length = dtmm_min(tiles->block, left);
    int32_t output;
    if (kept >> 31 != 0) {
      for (output = 0; output < outputs; ++output) {
        int32_t i;
        for (i = 0; i < length; ++i) tiles->sums[output] += *weights++ * inputs[i];
      }
    }
    inputs += length;
    left -= length;
  }
  return weights;
}

/* Adds a bundle of `outputs` outputs, whose index starts at `bit`; returns the weights that follow. */
static const int8_t* add_bundle(const DtmmBlockFcOptions* options, const DtmmPackedTensors* packed,
                                uint32_t bit, int32_t outputs, const int8_t* inputs, const int8_t* weights,
                                DtmmTilesDsp* tiles) {
  const int32_t block = options->block_inputs;
  /* Of the blocks that are left; the last block of a row may be smaller and is none then. */
  int32_t whole = outputs == 4 && block % 4 == 0 ? options->inputs / block : 0;
  int32_t left = options->inputs;
  tiles->block = block;
  while (left > 0) {
    const int32_t count = dtmm_min(dtmm_index_room(bit), whole > 0 ? whole : dtmm_ceil_div(left, block));
    const uint32_t kept = dtmm_index_bits(packed, bit, count);
    if (whole <= 0) {
      weights = add_values(kept, outputs, inputs, left, weights, tiles);
    } else if (kept != 0) {
      weights = dtmm_sum_tiles_dsp(kept, inputs, weights, tiles);
    }
    whole -= count;
    inputs += count * block;
    left -= count * block;
    bit += (uint32_t)count;
  }
  return weights;
}

/* All outputs of one row. */
static void multiply_row(const DtmmBlockFcOptions* options, const DtmmPackedTensors* packed,
                         const int8_t* input, int8_t* output) {
  const DtmmOutputRange range = {options->output_zero_point, options->activation_min,
                                 options->activation_max};
  const int32_t filters = options->outputs;
  const uint32_t blocks = (uint32_t)dtmm_ceil_div(options->inputs, options->block_inputs);
  const uint8_t* records = packed->records;
  const int8_t* weights = packed->weights;
  uint32_t bit = 0;
  int32_t first;
  for (first = 0; first < filters; first += options->block_outputs) {
    const int32_t outputs = dtmm_min(options->block_outputs, filters - first);
    DtmmTilesDsp tiles;
    int32_t i;
    for (i = 0; i < outputs; ++i) tiles.sums[i] = dtmm_folded_bias(records, filters, first + i);
    weights = add_bundle(options, packed, bit, outputs, input, weights, &tiles);
    bit += blocks;
    for (i = 0; i < outputs; ++i) {
      output[first + i] = dtmm_requantize_dsp(tiles.sums[i], dtmm_multiplier(records, filters, first + i),
                                              dtmm_shift(records, filters, first + i), &range);
    }
  }
}

void dtmm_block_fc_dsp_s8(const DtmmBlockFcOptions* options, const DtmmFcShape* shape,
                          const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                          int8_t* scratch) {
  int32_t row;
  (void)scratch;
  for (row = 0; row < shape->rows; ++row) {
    multiply_row(options, packed, input + row * options->inputs, output + row * options->outputs);
  }
}

#endif /* DTMM_USE_DSP */
