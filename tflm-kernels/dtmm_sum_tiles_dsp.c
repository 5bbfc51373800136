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

/* In assembler, because compilers make no four-word load of intrinsics: 25 instructions for a block, GCC 12
 * takes 30.
 *
 *   r0      kept
 *   r1      inputs
 *   r2      weights
 *   r3      even word of four inputs, before that the blocks to skip
 *   r4-r7   weights of the four outputs, then their odd words
 *   r8-r11  sums
 *   r12     odd word of the inputs
 *   lr      even word of the weights
 *   [sp]    where the sums go, and what the caller gets back */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
__attribute__((naked)) const int8_t* dtmm_sum_tiles_dsp(uint32_t kept, const int8_t* inputs,
                                                        const int8_t* weights, int32_t* sums) {
  __asm__(
      "push   {r3-r11, lr}\n"
      "ldm    r3, {r8-r11}\n"
      "1:\n"
      "clz    r3, r0\n"
      "add    r1, r1, r3, lsl #2\n"
      "lsl    r0, r0, r3\n"
      "ldr    lr, [r1], #4\n"
      "ldmia  r2!, {r4-r7}\n"
      "sxtb16 r3, lr\n"
      "sxtb16 r12, lr, ror #8\n"
      DTMM_ROW("r4", "r8")
      DTMM_ROW("r5", "r9")
      DTMM_ROW("r6", "r10")
      DTMM_ROW("r7", "r11")
      "lsls   r0, r0, #1\n"
      "bne    1b\n"
      "ldr    r3, [sp]\n"
      "mov    r0, r2\n"
      "stm    r3, {r8-r11}\n"
      "pop    {r3-r11, pc}\n");
}
#pragma GCC diagnostic pop

#elif DTMM_USE_DSP

const int8_t* dtmm_sum_tiles_dsp(uint32_t kept, const int8_t* inputs, const int8_t* weights, int32_t* sums) {
  for (; kept != 0; kept <<= 1) {
    const int32_t skipped = dtmm_leading_zeros(kept);
    uint32_t word;
    int32_t output;
    kept <<= skipped;
    inputs += 4 * skipped;
    word = dtmm_load_word(inputs);
    for (output = 0; output < 4; ++output) {
      const uint32_t row = dtmm_load_word(weights);
      sums[output] = __smlad(dtmm_even_pair(row), dtmm_even_pair(word), sums[output]);
      sums[output] = __smlad(dtmm_odd_pair(row), dtmm_odd_pair(word), sums[output]);
      weights += 4;
    }
    inputs += 4;
  }
  return weights;
}

#endif
