#include "dtmm_block_fc_dsp.h"
#include "dtmm_dsp.h"

#if DTMM_USE_DSP && defined(__GNUC__) && defined(__thumb2__)

/* The weights of an output, spread to two words of pairs, times the inputs. */
#define DTMM_ROW(weights, sum)   \
  "sxtb16 lr, " weights          \
  "\n"                           \
  "sxtb16 " weights ", " weights \
  ", ror #8\n"                   \
  "smlad  " sum ", lr, r3, " sum \
  "\n"                           \
  "smlad  " sum ", " weights ", r12, " sum "\n"

/* To the first of the kept blocks; four inputs; and to the next block. */
#define DTMM_SKIP   \
  "clz    r3, r0\n" \
  "lsl    r0, r0, r3\n"
#define DTMM_INPUTS        \
  "ldr    r12, [r1], #4\n" \
  "sxtb16 r3, r12\n"       \
  "sxtb16 r12, r12, ror #8\n"

/* In assembler, because compilers make no four-word load of intrinsics and keep the sums of a loop over
 * wider blocks in memory.
 *
 *   r0      kept
 *   r1      inputs
 *   r2      weights
 *   r3      even word of four inputs, before that the blocks to skip
 *   r4-r7   block of four inputs: weights of the four outputs, then their odd words
 *           wider block: its inputs, their triple, the inputs left of it, weights of an output
 *   r8-r11  sums
 *   r12     odd word of the inputs
 *   lr      even word of the weights
 *   [sp]    tiles, and what the caller gets back */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
__attribute__((naked)) const int8_t* dtmm_sum_tiles_dsp(uint32_t kept, const int8_t* inputs,
                                                        const int8_t* weights, DtmmTilesDsp* tiles) {
  __asm__(
      "push   {r3-r11, lr}\n"
      "ldmia  r3!, {r8-r11}\n"
      "ldr    r4, [r3]\n"
      "cmp    r4, #4\n"
      "bne    2f\n"
      "tst    r2, #3\n" /* LDM needs aligned weights */
      "bne    2f\n"
      "1:\n" /* a block of four inputs */
      DTMM_SKIP
      "add    r1, r1, r3, lsl #2\n"
      DTMM_INPUTS
      "ldmia  r2!, {r4-r7}\n"
      DTMM_ROW("r4", "r8")
      DTMM_ROW("r5", "r9")
      DTMM_ROW("r6", "r10")
      DTMM_ROW("r7", "r11")
      "lsls   r0, r0, #1\n"
      "bne    1b\n"
      "b      5f\n"
      "2:\n" /* of any quads of inputs */
      "add    r5, r4, r4, lsl #1\n"
      "3:\n"
      DTMM_SKIP
      "mla    r1, r3, r4, r1\n"
      "mov    r6, r4\n"
      "4:\n"
      DTMM_INPUTS
      "ldr    r7, [r2, r4]\n"
      DTMM_ROW("r7", "r9")
      "ldr    r7, [r2, r4, lsl #1]\n"
      DTMM_ROW("r7", "r10")
      "ldr    r7, [r2, r5]\n"
      DTMM_ROW("r7", "r11")
      "ldr    r7, [r2], #4\n"
      DTMM_ROW("r7", "r8")
      "subs   r6, r6, #4\n"
      "bne    4b\n"
      "add    r2, r2, r5\n"
      "lsls   r0, r0, #1\n"
      "bne    3b\n"
      "5:\n"
      "ldr    r3, [sp]\n"
      "mov    r0, r2\n"
      "stm    r3, {r8-r11}\n"
      "pop    {r3-r11, pc}\n");
}
#pragma GCC diagnostic pop

#elif DTMM_USE_DSP

const int8_t* dtmm_sum_tiles_dsp(uint32_t kept, const int8_t* inputs, const int8_t* weights,
                                 DtmmTilesDsp* tiles) {
  for (; kept != 0; kept <<= 1) {
    const int32_t skipped = dtmm_leading_zeros(kept);
    int32_t output;
    kept <<= skipped;
    inputs += skipped * tiles->block;
    for (output = 0; output < 4; ++output) {
      int32_t i;
      for (i = 0; i < tiles->block; i += 4) {
        const uint32_t input = dtmm_load_word(inputs + i);
        const uint32_t weight = dtmm_load_word(weights);
        int32_t* const sum = &tiles->sums[output];
        *sum = __smlad(dtmm_even_pair(weight), dtmm_even_pair(input), *sum);
        *sum = __smlad(dtmm_odd_pair(weight), dtmm_odd_pair(input), *sum);
        weights += 4;
      }
    }
    inputs += tiles->block;
  }
  return weights;
}

#endif
