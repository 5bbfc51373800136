/* Block fully connected for Armv8.1-M MVE (Cortex-M55, M85): row after row, a bundle of outputs at a time. In
 * blocks of 16 inputs by four outputs an input vector is loaded once for four sums in registers, which are
 * requantised as one vector; other blocks take a slower path. Needs no scratch. */
#include "dtmm_block_fc.h"
#include "dtmm_target.h"

#if DTMM_USE_MVE

#include <arm_mve.h>

#include "dtmm_index_bits_mve.h"
#include "dtmm_index_reader.h"
#include "dtmm_requantize.h"
#include "dtmm_requantize_mve.h"

enum { kLanes = 16, kTileOutputs = 4 };

/* What is left of a row. */
typedef struct Progress {
  int32_t output;        /* next one */
  int32_t bit;           /* of the index, of its first block */
  const int8_t* weights; /* of that block */
} Progress;

/* `sum` plus the product of `length` weights and inputs; what lies behind them is not touched. */
static int32_t multiply_some(const int8_t* weights, const int8_t* input, int32_t length, int32_t sum) {
  for (; length > 0; length -= kLanes, weights += kLanes, input += kLanes) {
    const mve_pred16_t lanes = vctp8q((uint32_t)length);
    sum = vmladavaq_s8(sum, vldrbq_z_s8(input, lanes), vldrbq_z_s8(weights, lanes));
  }
  return sum;
}

/* Four int32 from any address. */
static inline int32x4_t load_four(const uint8_t* from) { return vreinterpretq_s32_u8(vldrbq_u8(from)); }

/* All bundles of four outputs of a row, in blocks of 16 inputs. */
static void multiply_tiles(const DtmmBlockFcOptions* options, const DtmmPackedTensors* packed,
                           const int8_t* input, int8_t* output, Progress* progress) {
  const int32x4_t min = vdupq_n_s32(options->activation_min);
  const int32x4_t max = vdupq_n_s32(options->activation_max);
  const int32_t outputs = options->outputs;
  const int32_t blocks = options->inputs / kLanes;
  const uint8_t* biases = packed->records;
  const int8_t* shifts = (const int8_t*)biases + 8 * outputs;
  const int8_t* weights = packed->weights;
  int32_t bit = 0;
  int32_t first;
  for (first = 0; first + kTileOutputs <= outputs; first += kTileOutputs) {
    const int8_t* from = input;
    const int32_t end = bit + blocks;
    int32_t sums[kTileOutputs];
    int32_t sum0 = 0;
    int32_t sum1 = 0;
    int32_t sum2 = 0;
    int32_t sum3 = 0;
    int32x4_t values;
    for (; bit < end; bit += DTMM_INDEX_CHUNK, from += DTMM_INDEX_CHUNK * kLanes) {
      /* The first block in the highest bit, where it takes an instruction less to find. */
      uint32_t kept =
          dtmm_reverse_bits_mve(dtmm_index_bits_mve(packed, bit, dtmm_min(DTMM_INDEX_CHUNK, end - bit)));
      while (kept != 0) {
        const int32_t block = __builtin_clz(kept);
        const int8x16_t inputs = vldrbq_s8(from + kLanes * block);
        sum1 = vmladavaq_s8(sum1, inputs, vldrbq_s8(weights + kLanes));
        sum2 = vmladavaq_s8(sum2, inputs, vldrbq_s8(weights + 2 * kLanes));
        sum3 = vmladavaq_s8(sum3, inputs, vldrbq_s8(weights + 3 * kLanes));
        sum0 = vmladavaq_s8(sum0, inputs, vldrbq_s8(weights));
        weights += kTileOutputs * kLanes;
        kept &= ~(0x80000000u >> block);
      }
    }
    bit = end;
    sums[0] = sum0;
    sums[1] = sum1;
    sums[2] = sum2;
    sums[3] = sum3;
    values = vaddq_s32(vld1q_s32(sums), load_four(biases + 4 * first));
    values =
        dtmm_rescale_lanes_mve(values, load_four(biases + 4 * (outputs + first)), vldrbq_s32(shifts + first));
    vstrbq_s32(output + first, dtmm_to_output_mve(values, options->output_zero_point, min, max));
  }
  progress->output = first;
  progress->bit = bit;
  progress->weights = weights;
}

/* The next bundle of a row, of `outputs` outputs in blocks of any size. */
static void multiply_bundle(const DtmmBlockFcOptions* options, const DtmmPackedTensors* packed,
                            const int8_t* input, int32_t outputs, int8_t* output, Progress* progress) {
  const DtmmOutputRange range = {options->output_zero_point, options->activation_min,
                                 options->activation_max};
  int32_t sums[DTMM_MAX_BLOCK_OUTPUTS];
  int32_t first;
  int32_t i;
  for (i = 0; i < outputs; ++i) {
    sums[i] = dtmm_folded_bias(packed->records, options->outputs, progress->output + i);
  }
  for (first = 0; first < options->inputs; first += options->block_inputs) {
    const int32_t length = dtmm_min(options->block_inputs, options->inputs - first);
    if (dtmm_index_bits_mve(packed, progress->bit++, 1) == 0) continue;
    for (i = 0; i < outputs; ++i, progress->weights += length) {
      sums[i] = multiply_some(progress->weights, input + first, length, sums[i]);
    }
  }
  for (i = 0; i < outputs; ++i, ++progress->output) {
    const int32_t multiplier = dtmm_multiplier(packed->records, options->outputs, progress->output);
    const int32_t shift = dtmm_shift(packed->records, options->outputs, progress->output);
    output[progress->output] = dtmm_requantize(sums[i], multiplier, shift, &range);
  }
}

void dtmm_block_fc_mve_s8(const DtmmBlockFcOptions* options, const DtmmFcShape* shape,
                          const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                          int8_t* scratch) {
  const int tiles = options->block_outputs == kTileOutputs && options->block_inputs == kLanes &&
                    options->inputs % kLanes == 0;
  int32_t row;
  (void)scratch;
  for (row = 0; row < shape->rows; ++row) {
    Progress progress = {0, 0, packed->weights};
    if (tiles) multiply_tiles(options, packed, input, output, &progress);
    while (progress.output < options->outputs) {
      const int32_t outputs = dtmm_min(options->block_outputs, options->outputs - progress.output);
      multiply_bundle(options, packed, input, outputs, output, &progress);
    }
    input += options->inputs;
    output += options->outputs;
  }
}

#endif /* DTMM_USE_MVE */
