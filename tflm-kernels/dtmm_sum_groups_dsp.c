#include "dtmm_sum_groups_dsp.h"

#include "dtmm_dsp.h"

#if DTMM_USE_DSP

#if defined(__GNUC__) && defined(__thumb2__)

/* In assembler, because compilers make no four-word load of intrinsics, and because the loop needs all 14
 * registers: GCC 12 takes 22 instructions for a quad at four positions, and 14 are enough.
 *
 *           in the runs                                at the end of a group
 *   r0      columns of the four positions in a quad    multiplier
 *   r1      next run                                   zero point
 *   r2      weights
 *   r3      loops and step                             right
 *   r4-r7   even and odd words of two positions        filter->multiplier, output, stride, its triple
 *   r8-r11  sums of the four positions                 outputs of the four positions
 *   r12     even word of the weights
 *   lr      odd word of the weights
 *   [sp]    columns, columns_end, filter->multiplier, and what the caller gets back
 *
 * Between the runs r4 to r7 are scratch. A run enters the code of four quads where as many follow as are no
 * multiple of four; every entry of the list says how far that is from its end. */
#define DTMM_QUAD              \
  "ldr    lr, [r2], #4\n"      \
  "ldmia  r0!, {r4-r7}\n"      \
  "sxtb16 r12, lr\n"           \
  "sxtb16 lr, lr, ror #8\n"    \
  "smlad  r8, r12, r4, r8\n"   \
  "smlad  r9, r12, r6, r9\n"   \
  "smlad  r8, lr, r5, r8\n"    \
  "smlad  r9, lr, r7, r9\n"    \
  "ldmia  r0!, {r4-r7}\n"      \
  "sxtah  r0, r0, r3\n"        \
  "smlad  r10, r12, r4, r10\n" \
  "smlad  r11, r12, r6, r11\n" \
  "smlad  r10, lr, r5, r10\n"  \
  "smlad  r11, lr, r7, r11\n"

/* dtmm_scale_dsp; the last bit that is shifted out is the half to add. */
#define DTMM_SCALE(sum)               \
  "smmlar " sum ", " sum ", r0, " sum \
  "\n"                                \
  "add    " sum ", " sum ", " sum     \
  ", asr #31\n"                       \
  "asrs   " sum ", " sum              \
  ", r3\n"                            \
  "adc    " sum ", " sum              \
  ", r1\n"                            \
  "ssat   " sum ", #8, " sum "\n"

/* The assembler finds the filter in r0. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
__attribute__((naked)) void dtmm_sum_groups_dsp(DtmmFilterDsp* filter) {
  __asm__(
      "push   {r4-r11, lr}\n"
      "add    r4, r0, #20\n"
      "ldrd   r1, r2, [r4, #24]\n"
      "push   {r1, r2, r4}\n"
      "1:\n" /* the next group */
      "ldmdb  r4, {r1, r8-r11}\n"
      "b      4f\n"
      "2:\n" /* four quads */
      DTMM_QUAD DTMM_QUAD DTMM_QUAD DTMM_QUAD
      "3:\n"
      "subs.w r3, r3, #0x10000\n"
      "bcs.n  2b\n"
      "4:\n" /* the next run */
      "ldmia  r1!, {r0, r2, r3, r4}\n"
      "ldr.n  r5, [sp]\n"
      "add    r0, r5\n"
      "add    pc, r4\n"
      "nop\n" /* pc is ahead by four bytes */
      "5:\n"  /* the end of the list */
      "ldr    r4, [sp, #8]\n"
      "ldm    r4, {r0, r1, r3, r5, r6, r7}\n"
      "cbz    r3, 6f\n" DTMM_SCALE("r8") DTMM_SCALE("r9") DTMM_SCALE("r10") DTMM_SCALE("r11")
      "strb   r8, [r5]\n"
      "strb   r9, [r5, r6]\n"
      "strb   r10, [r5, r6, lsl #1]\n"
      "strb   r11, [r5, r7]\n"
      "add    r5, r5, r6, lsl #2\n"
      "str    r5, [r4, #12]\n"
      "ldrd   r6, r7, [sp]\n"
      "adds   r6, r6, #32\n"
      "str    r6, [sp]\n"
      "cmp    r6, r7\n"
      "bne    1b\n"
      "add    sp, sp, #12\n"
      "pop    {r4-r11, pc}\n"
      "6:\n" /* sums only */
      "stmdb  r4, {r8-r11}\n"
      "add    sp, sp, #12\n"
      "pop    {r4-r11, pc}\n"
      ".if (3b - 2b) != 4 * 52 || (5b - 3b) != 16\n"
      ".error \"DTMM_DSP_QUAD_CODE, DTMM_DSP_LOOP_CODE\"\n"
      ".endif\n");
}
#pragma GCC diagnostic pop

#else

/* Adds the products of a quad of weights at four columns, an even and an odd word each. */
static inline void add_quad(uint32_t weights, const uint32_t* columns, int32_t* sums) {
  const int16x2_t even = dtmm_even_pair(weights);
  const int16x2_t odd = dtmm_odd_pair(weights);
  int32_t i;
  for (i = 0; i < DTMM_DSP_GROUP; ++i) {
    sums[i] = __smlad(even, (int16x2_t)columns[2 * i], sums[i]);
    sums[i] = __smlad(odd, (int16x2_t)columns[2 * i + 1], sums[i]);
  }
}

/* Adds all runs at the group that starts at `columns`. */
static void add_runs(const DtmmRunDsp* run, const uint32_t* columns, int32_t* sums) {
  for (; run->skip != 0; ++run) {
    const uint32_t* quad = columns + run->offset / 4;
    const int8_t* weights = run->weights;
    int32_t quads = (int32_t)(run->loops >> 16) * 4 + (-run->skip - DTMM_DSP_LOOP_CODE) / DTMM_DSP_QUAD_CODE;
    for (; quads > 0; --quads) {
      add_quad(dtmm_load_word(weights), quad, sums);
      weights += 4;
      quad += 2 * DTMM_DSP_GROUP + (int16_t)(uint16_t)run->loops / 4;
    }
  }
}

void dtmm_sum_groups_dsp(DtmmFilterDsp* filter) {
  const uint32_t* columns = filter->columns;
  if (filter->right == 0) {
    add_runs(filter->runs, columns, filter->sums);
    return;
  }
  for (; columns != filter->columns_end; columns += 2 * DTMM_DSP_GROUP) {
    int32_t sums[DTMM_DSP_GROUP];
    int32_t i;
    memcpy(sums, filter->sums, sizeof sums);
    add_runs(filter->runs, columns, sums);
    for (i = 0; i < DTMM_DSP_GROUP; ++i) {
      *filter->output = dtmm_scale_dsp(filter, sums[i]);
      filter->output += filter->stride;
    }
  }
}

#endif

#endif /* DTMM_USE_DSP */
