/* Inner loops of the DSP convolution: 16 multiply-accumulates of a quad of weights at four positions. */
#include "dtmm_dsp.h"
#include "dtmm_filterlet_dsp.h"

#if DTMM_USE_DSP

/* Adds the products of one weight word at the group's four columns. */
static inline void accumulate_quad(uint32_t word, const uint32_t* columns, int32_t* sums) {
  const int16x2_t even = dtmm_even_pair(word);
  const int16x2_t odd = dtmm_odd_pair(word);
  int32_t i;
  for (i = 0; i < 4; ++i) {
    sums[i] = __smlad(even, (int16x2_t)columns[2 * i], sums[i]);
    sums[i] = __smlad(odd, (int16x2_t)columns[2 * i + 1], sums[i]);
  }
}

const int8_t* dtmm_accumulate_ragged_runs_dsp(const DtmmDspRun* runs, int32_t input_bytes,
                                              const int8_t* weights, const int8_t* weights_end,
                                              DtmmDspGroup* group) {
  for (; runs->length != 0; ++runs) {
    const uint32_t* input = runs->input + input_bytes / (int32_t)sizeof(uint32_t);
    const int32_t tail = runs->length / kDtmmRunTail;
    int32_t quads = runs->length % kDtmmRunTail;
    for (; quads != 0; --quads) {
      accumulate_quad(dtmm_load_word(weights), input, group->sums);
      weights += 4;
      input += 8 + group->step / (int32_t)sizeof(uint32_t);
    }
    if (tail != 0) {
      /* What follows the tail meets channels that the line holds zeros for. */
      const uint32_t word =
          weights_end - weights < 4 ? dtmm_load_some(weights, tail) : dtmm_load_word(weights);
      accumulate_quad(word, input, group->sums);
      weights += tail;
    }
  }
  return weights;
}

#if defined(__GNUC__) && defined(__thumb2__)

/* In assembler, because compilers make no LDM of four words, and because the loop needs all 14 registers: GCC
 * 12 -O3 takes 22 instructions for a quad from the function above, this 14 and half a loop.
 *
 *   r0       columns of the four positions in the next quad
 *   r1       quads left in the run, by two
 *   r2       weights
 *   r3       group->step
 *   r4-r7    words of two positions, even and odd; between the runs scratch
 *   r8-r11   sums of the four positions
 *   r12, lr  even and odd word of the weights
 *   [sp]     next run, input_bytes, group, then what the caller gets back */
#define DTMM_QUAD                  \
  "ldr    lr, [r2], #4         \n" \
  "ldmia  r0!, {r4-r7}         \n" \
  "sxtb16 r12, lr              \n" \
  "sxtb16 lr, lr, ror #8       \n" \
  "smlad  r8, r12, r4, r8      \n" \
  "smlad  r9, r12, r6, r9      \n" \
  "smlad  r8, lr, r5, r8       \n" \
  "smlad  r9, lr, r7, r9       \n" \
  "ldmia  r0!, {r4-r7}         \n" \
  "add    r0, r0, r3           \n" \
  "smlad  r10, r12, r4, r10    \n" \
  "smlad  r11, r12, r6, r11    \n" \
  "smlad  r10, lr, r5, r10     \n" \
  "smlad  r11, lr, r7, r11     \n"

/* The assembler finds the parameters in r0 to r3. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
__attribute__((naked)) const int8_t* dtmm_accumulate_runs_dsp(const DtmmDspRun* runs, int32_t input_bytes,
                                                              const int8_t* weights, DtmmDspGroup* group) {
  __asm__(
      "push   {r0, r1, r3, r4-r11, lr}\n"
      "ldm    r3, {r3, r8-r11}       \n"
      "1:                            \n" /* the next run */
      "ldrd   r4, r5, [sp]           \n"
      "ldrd   r0, r1, [r4], #8       \n"
      "str    r4, [sp]               \n"
      "add    r0, r0, r5             \n"
      "lsrs   r1, r1, #1             \n"
      "bcc    3f                     \n" DTMM_QUAD
      "cmp    r1, #0                 \n"
      "beq    1b                     \n"
      "2:                            \n" /* two quads */
      DTMM_QUAD DTMM_QUAD
      "subs   r1, r1, #1             \n"
      "bne    2b                     \n"
      "b      1b                     \n"
      "3:                            \n"
      "bne    2b                     \n"
      "ldr    r4, [sp, #8]           \n"
      "mov    r0, r2                 \n"
      "add    r4, r4, #4             \n"
      "stm    r4, {r8-r11}           \n"
      "add    sp, sp, #12            \n"
      "pop    {r4-r11, pc}           \n");
}
#pragma GCC diagnostic pop

#else

const int8_t* dtmm_accumulate_runs_dsp(const DtmmDspRun* runs, int32_t input_bytes, const int8_t* weights,
                                       DtmmDspGroup* group) {
  return dtmm_accumulate_ragged_runs_dsp(runs, input_bytes, weights, weights, group);
}

#endif

#endif
