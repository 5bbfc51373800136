/* Block fully connected with the DSP instructions: blocks of four outputs, so that each quad of inputs is
 * loaded and extended once for all of them. Blocks of fewer outputs or of inputs in no quads are summed value
 * by value. */
#include "dtmm_block_fc.h"
#include "dtmm_block_fc_dsp.h"
#include "dtmm_index_dsp.h"
#include "dtmm_requantize_dsp.h"

#if DTMM_USE_DSP

enum { kQuad = 4 };

/* sum + dot of a quad of weights with a quad of inputs, spread to its even and its odd pair. */
DTMM_ALWAYS_INLINE int32_t add_quad(const int8_t* weights, int16x2_t even, int16x2_t odd, int32_t sum) {
  const uint32_t word = dtmm_load_word(weights);
  return __smlad(dtmm_odd_pair(word), odd, __smlad(dtmm_even_pair(word), even, sum));
}

/* Adds a block of four outputs by `block` inputs, a multiple of four; returns the weights that follow. */
static const int8_t* add_block(int32_t block, const int8_t* inputs, const int8_t* weights, int32_t* sums) {
  const int8_t* end = inputs + block;
  int32_t sum0 = sums[0];
  int32_t sum1 = sums[1];
  int32_t sum2 = sums[2];
  int32_t sum3 = sums[3];
  for (; inputs != end; inputs += kQuad) {
    const uint32_t word = dtmm_load_word(inputs);
    const int16x2_t even = dtmm_even_pair(word);
    const int16x2_t odd = dtmm_odd_pair(word);
    sum0 = add_quad(weights, even, odd, sum0);
    sum1 = add_quad(weights + block, even, odd, sum1);
    sum2 = add_quad(weights + 2 * block, even, odd, sum2);
    sum3 = add_quad(weights + 3 * block, even, odd, sum3);
    weights += kQuad;
  }
  sums[0] = sum0;
  sums[1] = sum1;
  sums[2] = sum2;
  sums[3] = sum3;
  return weights + 3 * block;
}

/* Adds a block of `outputs` outputs by `length` inputs; returns the weights that follow. */
static const int8_t* add_values(int32_t outputs, int32_t length, const int8_t* inputs, const int8_t* weights,
                                int32_t* sums) {
  int32_t output;
  for (output = 0; output < outputs; ++output) {
    int32_t i;
    for (i = 0; i < length; ++i) sums[output] += *weights++ * inputs[i];
  }
  return weights;
}

/* Adds the blocks in `kept` (bit 31 starts at `inputs`, of which `left` are left); returns the weights that
 * follow. */
static const int8_t* add_blocks(uint32_t kept, int32_t outputs, int32_t block, const int8_t* inputs,
                                int32_t left, const int8_t* weights, int32_t* sums) {
  int32_t first = 0;
  for (; kept != 0; kept <<= 1) {
    const int32_t skipped = dtmm_leading_zeros(kept);
    int32_t length;
    kept <<= skipped;
    first += skipped * block;
    length = dtmm_min(block, left - first);
    weights = outputs == 4 && length % kQuad == 0
                  ? add_block(length, inputs + first, weights, sums)
                  : add_values(outputs, length, inputs + first, weights, sums);
    first += block;
  }
  return weights;
}

/* Adds a bundle of outputs of `blocks` blocks, whose index starts at `bit`; returns the weights that follow.
 */
static const int8_t* add_bundle(const DtmmBlockFcOptions* options, const DtmmPackedTensors* packed,
                                uint32_t bit, int32_t blocks, int32_t outputs, const int8_t* input,
                                const int8_t* weights, int32_t* sums) {
  const int32_t block = options->block_inputs;
  const int aligned = (uintptr_t)weights % 4 == 0;
  const int32_t tiles = outputs == 4 && block == kQuad && aligned ? options->inputs / kQuad : 0;
  int32_t done = 0;
  while (done < blocks) {
    const int32_t count = dtmm_min(dtmm_index_room(bit), (done < tiles ? tiles : blocks) - done);
    const uint32_t kept = dtmm_index_bits(packed, bit, count);
    if (done >= tiles) {
      const int32_t first = done * block;
      weights = add_blocks(kept, outputs, block, input + first, options->inputs - first, weights, sums);
    } else if (kept != 0) {
      weights = dtmm_sum_tiles_dsp(kept, input + done * kQuad, weights, sums);
    }
    bit += (uint32_t)count;
    done += count;
  }
  return weights;
}

/* All outputs of one row. */
static void multiply_row(const DtmmBlockFcOptions* options, const DtmmPackedTensors* packed,
                         const int8_t* input, int8_t* output) {
  const DtmmOutputRange range = {options->output_zero_point, options->activation_min,
                                 options->activation_max};
  const int32_t filters = options->outputs;
  const int32_t blocks = dtmm_ceil_div(options->inputs, options->block_inputs);
  const uint8_t* records = packed->records;
  const int8_t* weights = packed->weights;
  uint32_t bit = 0;
  int32_t first;
  for (first = 0; first < filters; first += options->block_outputs) {
    const int32_t outputs = dtmm_min(options->block_outputs, filters - first);
    int32_t sums[DTMM_MAX_BLOCK_OUTPUTS];
    int32_t i;
    for (i = 0; i < outputs; ++i) sums[i] = dtmm_folded_bias(records, filters, first + i);
    weights = add_bundle(options, packed, bit, blocks, outputs, input, weights, sums);
    bit += (uint32_t)blocks;
    for (i = 0; i < outputs; ++i) {
      output[first + i] = dtmm_requantize_dsp(sums[i], dtmm_multiplier(records, filters, first + i),
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
