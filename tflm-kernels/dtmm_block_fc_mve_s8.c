/* Block fully connected for Armv8.1-M MVE (Cortex-M55, M85): row after row, a bundle of outputs at a time. In
 * blocks of 16 inputs by four outputs an input vector is loaded once for four sums in registers, which are
 * requantised as one vector; the last block of inputs may be smaller. Other blocks take a slower path. Needs
 * no scratch. */
#include "dtmm_block_fc.h"
#include "dtmm_target.h"

#if DTMM_USE_MVE

#include <arm_mve.h>

#include "dtmm_index_bits_mve.h"
#include "dtmm_index_reader.h"
#include "dtmm_requantize_mve.h"

enum { kLanes = 16, kTileOutputs = 4 };

/* What is left of a row. */
typedef struct Progress {
  int32_t output;        /* next one */
  int32_t bit;           /* of the index, of its first block */
  const int8_t* weights; /* of that block */
} Progress;

/* Four int32 from any address. */
static inline int32x4_t load_four(const uint8_t* from) { return vreinterpretq_s32_u8(vldrbq_u8(from)); }

/* The first `count` of them; what lies behind them is not touched. */
static inline int32x4_t load_lanes(const uint8_t* from, int32_t count) {
  return vreinterpretq_s32_u8(vldrbq_z_u8(from, vctp8q(4 * (uint32_t)count)));
}

/* All bundles of four outputs of a row, in blocks of 16 inputs. */
static void multiply_tiles(const DtmmBlockFcOptions* options, const DtmmPackedTensors* packed,
                           const int8_t* input, int8_t* output, Progress* progress) {
  const int32x4_t min = vdupq_n_s32(options->activation_min);
  const int32x4_t max = vdupq_n_s32(options->activation_max);
  const int32_t outputs = options->outputs;
  const int32_t blocks = options->inputs / kLanes;
  const int32_t rest = options->inputs % kLanes; /* inputs of a smaller block at the end */
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
    if (rest > 0 && dtmm_index_bits_mve(packed, bit++, 1) != 0) {
      const mve_pred16_t lanes = vctp8q((uint32_t)rest);
      const int8x16_t inputs = vldrbq_z_s8(input + kLanes * blocks, lanes);
      sum0 = vmladavaq_s8(sum0, inputs, vldrbq_z_s8(weights, lanes));
      sum1 = vmladavaq_s8(sum1, inputs, vldrbq_z_s8(weights + rest, lanes));
      sum2 = vmladavaq_s8(sum2, inputs, vldrbq_z_s8(weights + 2 * rest, lanes));
      sum3 = vmladavaq_s8(sum3, inputs, vldrbq_z_s8(weights + 3 * rest, lanes));
      weights += kTileOutputs * rest;
    }
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

/* The next bundle of a row, of `outputs` outputs in blocks of any size: input after input, an output a lane.
 */
static void multiply_bundle(const DtmmBlockFcOptions* options, const DtmmPackedTensors* packed,
                            const int8_t* input, int32_t outputs, int8_t* output, Progress* progress) {
  const mve_pred16_t lanes = vctp32q((uint32_t)outputs);
  const uint8_t* biases = packed->records + 4 * progress->output;
  const uint8_t* multipliers = biases + 4 * options->outputs;
  const int8_t* shifts = (const int8_t*)packed->records + 8 * options->outputs + progress->output;
  const int32_t blocks = dtmm_ceil_div(options->inputs, options->block_inputs);
  int32x4_t sums = load_lanes(biases, outputs);
  int32_t done;
  for (done = 0; done < blocks; done += DTMM_INDEX_CHUNK) {
    const int32_t count = dtmm_min(DTMM_INDEX_CHUNK, blocks - done);
    uint32_t kept = dtmm_index_bits_mve(packed, progress->bit, count);
    progress->bit += count;
    for (; kept != 0; kept &= kept - 1) {
      const int32_t first = (done + dtmm_lowest_bit(kept)) * options->block_inputs;
      const int32_t length = dtmm_min(options->block_inputs, options->inputs - first);
      const uint32x4_t offsets = vmulq_n_u32(vidupq_n_u32(0, 1), (uint32_t)length);
      int32_t i;
      for (i = 0; i < length; ++i) {
        const int32x4_t weights = vldrbq_gather_offset_z_s32(progress->weights + i, offsets, lanes);
        sums = vmlaq_n_s32(sums, weights, input[first + i]);
      }
      progress->weights += outputs * length;
    }
  }
  sums = dtmm_rescale_lanes_mve(sums, load_lanes(multipliers, outputs), vldrbq_z_s32(shifts, lanes));
  sums = dtmm_to_output_mve(sums, options->output_zero_point, vdupq_n_s32(options->activation_min),
                            vdupq_n_s32(options->activation_max));
  vstrbq_p_s32(output + progress->output, sums, lanes);
  progress->output += outputs;
}

void dtmm_block_fc_mve_s8(const DtmmBlockFcOptions* options, const DtmmFcShape* shape,
                          const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                          int8_t* scratch) {
  const int tiles = options->block_outputs == kTileOutputs && options->block_inputs == kLanes;
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
