/* Block fully connected for Armv8.1-M MVE (Cortex-M55, M85): row after row, a bundle of outputs at a time, so that
 * 16 inputs are loaded once for up to four outputs, whose sums stay in registers. The four are requantised as one
 * vector. Needs no scratch. */
#include "dtmm_block_fc.h"
#include "dtmm_target.h"

#if DTMM_USE_MVE

#include <arm_mve.h>

#include "dtmm_index_reader.h"
#include "dtmm_requantize_mve.h"

enum { kLanes = 16 };

/* `sum` plus the product of `length` weights and inputs; what lies behind them is not touched. */
static int32_t multiply_some(const int8_t* weights, const int8_t* input, int32_t length, int32_t sum) {
  for (; length > 0; length -= kLanes, weights += kLanes, input += kLanes) {
    const mve_pred16_t lanes = vctp8q((uint32_t)length);
    sum = vmladavaq_s8(sum, vldrbq_z_s8(input, lanes), vldrbq_z_s8(weights, lanes));
  }
  return sum;
}

/* Adds the kept blocks of 16 inputs by four outputs to the sums: bit i of `kept` is at input + 16 * i. Returns the
 * weights that follow. */
static inline const int8_t* accumulate_tiles(uint32_t kept, const int8_t* input, const int8_t* weights,
                                             int32_t* sums) {
  int32_t sum0 = sums[0];
  int32_t sum1 = sums[1];
  int32_t sum2 = sums[2];
  int32_t sum3 = sums[3];
  for (; kept != 0; kept &= kept - 1) {
    const int8x16_t values = vldrbq_s8(input + kLanes * dtmm_lowest_bit(kept));
    sum0 = vmladavaq_s8(sum0, values, vldrbq_s8(weights));
    sum1 = vmladavaq_s8(sum1, values, vldrbq_s8(weights + kLanes));
    sum2 = vmladavaq_s8(sum2, values, vldrbq_s8(weights + 2 * kLanes));
    sum3 = vmladavaq_s8(sum3, values, vldrbq_s8(weights + 3 * kLanes));
    weights += 4 * kLanes;
  }
  sums[0] = sum0;
  sums[1] = sum1;
  sums[2] = sum2;
  sums[3] = sum3;
  return weights;
}

/* Adds the kept blocks of any size. `inputs` are left from `input` on, so that the last block may be shorter. */
static const int8_t* accumulate_blocks(uint32_t kept, const int8_t* input, int32_t inputs, int32_t block,
                                       int32_t outputs, const int8_t* weights, int32_t* sums) {
  for (; kept != 0; kept &= kept - 1) {
    const int32_t first = dtmm_lowest_bit(kept) * block;
    const int32_t length = dtmm_min(block, inputs - first);
    int32_t output;
    for (output = 0; output < outputs; ++output, weights += length) {
      sums[output] = multiply_some(weights, input + first, length, sums[output]);
    }
  }
  return weights;
}

/* Adds the next bundle in `reader`, of `outputs` outputs, to the sums; returns the weights that follow. */
static const int8_t* accumulate_bundle(const DtmmBlockFcOptions* options, int32_t outputs,
                                       const int8_t* input, DtmmIndexReader* reader, const int8_t* weights,
                                       int32_t* sums) {
  const int32_t block = options->block_inputs;
  const int32_t blocks = dtmm_ceil_div(options->inputs, block);
  const int tiles = outputs == 4 && block == kLanes && options->inputs % kLanes == 0;
  int32_t done;
  for (done = 0; done < blocks; done += DTMM_INDEX_CHUNK) {
    const uint32_t kept = dtmm_index_read(reader, dtmm_min(DTMM_INDEX_CHUNK, blocks - done));
    const int32_t first = done * block;
    weights = tiles ? accumulate_tiles(kept, input + first, weights, sums)
                    : accumulate_blocks(kept, input + first, options->inputs - first, block, outputs,
                                        weights, sums);
  }
  return weights;
}

/* The `outputs` int32 of a record array from `array` on, which has no alignment. */
static inline int32x4_t load_records(const uint8_t* array, int32_t outputs) {
  return vreinterpretq_s32_u8(vldrbq_z_u8(array, vctp8q((uint32_t)(4 * outputs))));
}

/* All outputs of one row. */
static void multiply_row(const DtmmBlockFcOptions* options, const DtmmPackedTensors* packed,
                         const int8_t* input, int8_t* output) {
  const int32x4_t min = vdupq_n_s32(options->activation_min);
  const int32x4_t max = vdupq_n_s32(options->activation_max);
  const uint8_t* biases = packed->records;
  const uint8_t* multipliers = biases + 4 * options->outputs;
  const int8_t* shifts = (const int8_t*)(multipliers + 4 * options->outputs);
  const int8_t* weights = packed->weights;
  DtmmIndexReader reader = dtmm_index_reader(packed->index);
  int32_t first;
  for (first = 0; first < options->outputs; first += options->block_outputs) {
    const int32_t outputs = dtmm_min(options->block_outputs, options->outputs - first);
    const mve_pred16_t lanes = vctp32q((uint32_t)outputs);
    int32_t sums[DTMM_MAX_BLOCK_OUTPUTS];
    int32x4_t values;
    vst1q_s32(sums, load_records(biases + 4 * first, outputs));
    weights = accumulate_bundle(options, outputs, input, &reader, weights, sums);
    values = dtmm_rescale_lanes_mve(vld1q_s32(sums), load_records(multipliers + 4 * first, outputs),
                                    vldrbq_z_s32(shifts + first, lanes));
    values = dtmm_to_output_mve(values, options->output_zero_point, min, max);
    vstrbq_p_s32(output + first, values, lanes);
  }
}

void dtmm_block_fc_mve_s8(const DtmmBlockFcOptions* options, const DtmmFcShape* shape,
                          const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                          int8_t* scratch) {
  int32_t row;
  (void)scratch;
  for (row = 0; row < shape->rows; ++row) {
    multiply_row(options, packed, input + row * options->inputs, output + row * options->outputs);
  }
}

#endif /* DTMM_USE_MVE */
