/* Inner loops of the DSP convolution: a quad of weights at four output positions is 16 multiply-accumulates.
 */
#include "dtmm_dsp.h"
#include "dtmm_filterlet_dsp.h"

#if DTMM_USE_DSP

/* Adds the products of a quad of weights at four columns, an even and an odd word each. */
static inline void add_quad(uint32_t weights, const uint32_t* columns, int32_t* sums) {
  const int16x2_t even = dtmm_even_pair(weights);
  const int16x2_t odd = dtmm_odd_pair(weights);
  int32_t i;
  for (i = 0; i < 4; ++i) {
    sums[i] = __smlad(even, (int16x2_t)columns[2 * i], sums[i]);
    sums[i] = __smlad(odd, (int16x2_t)columns[2 * i + 1], sums[i]);
  }
}

/* Adds all runs at the group that starts at `columns`. */
static void add_runs(const DtmmDspFilter* filter, const uint32_t* columns, const int8_t* weights_end,
                     int32_t* sums) {
  const int8_t* weights = filter->weights;
  const DtmmDspRun* run = filter->runs;
  for (; *run != 0; ++run) {
    const uint32_t offset = *run % kDtmmRunQuad;
    uint32_t quads = *run / kDtmmRunQuad;
    const uint32_t* quad = columns + offset / sizeof(uint32_t);
    if (quads == 0) weights -= offset;
    for (; quads != 0; --quads) {
      const int32_t left = (int32_t)(weights_end - weights);
      add_quad(left < 4 ? dtmm_load_some(weights, left) : dtmm_load_word(weights), quad, sums);
      weights += 4;
      quad += 8 + filter->step / 4;
    }
  }
}

void dtmm_sum_last_group_dsp(DtmmDspFilter* filter, const int8_t* weights_end) {
  add_runs(filter, filter->columns, weights_end, filter->sums);
}

#if defined(__GNUC__) && defined(__thumb2__)

/* In assembler, because compilers make no four-word load of intrinsics and because the loop needs all 14
 * registers: for a quad GCC 12 takes 22 instructions of the code above, and 15 are enough.
 *
 *           in the runs                                at the end of a group
 *   r0      columns of the four positions in a quad    multiplier
 *   r1      quads left in the run, by two              addend
 *   r2      weights
 *   r3      filter->step                               right
 *   r4-r7   even and odd words of two positions        filter, output, stride, scratch
 *   r8-r11  sums of the four positions                 outputs of the four positions
 *   r12     even word of the weights
 *   lr      odd word of the weights
 *   [sp]    next run, columns, columns_end, filter, and what the caller gets back
 *
 * Between the runs r4 to r7 are scratch. */
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
  "add    r0, r0, r3\n"        \
  "smlad  r10, r12, r4, r10\n" \
  "smlad  r11, r12, r6, r11\n" \
  "smlad  r10, lr, r5, r10\n"  \
  "smlad  r11, lr, r7, r11\n"

/* A sum to an output: its double times the multiplier, rounded; less 1 below 0; and the shift, which rounds.
 */
#define DTMM_SCALE(sum)           \
  "lsl    " sum ", " sum          \
  ", #1\n"                        \
  "smmulr " sum ", " sum          \
  ", r0\n"                        \
  "add    " sum ", " sum ", " sum \
  ", asr #31\n"                   \
  "add    " sum ", " sum          \
  ", r1\n"                        \
  "asr    " sum ", " sum          \
  ", r3\n"                        \
  "ssat   " sum ", #8, " sum "\n"

/* The assembler finds the filter in r0. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
__attribute__((naked)) void dtmm_sum_groups_dsp(DtmmDspFilter* filter) {
  __asm__(
      "push   {r0, r4-r11, lr}\n"
      "ldrd   r1, r2, [r0, #48]\n"
      "push   {r0-r2}\n"
      "1:\n" /* the next group */
      "ldr    r4, [sp, #12]\n"
      "ldmia  r4!, {r0, r2, r3}\n"
      "ldm    r4, {r8-r11}\n"
      "str    r0, [sp]\n"
      "b      3f\n"
      "2:\n" /* two quads */
      DTMM_QUAD DTMM_QUAD
      "subs   r1, r1, #1\n"
      "bne    2b\n"
      "3:\n" /* the next run */
      "ldrd   r4, r5, [sp]\n"
      "ldr    r1, [r4], #4\n"
      "str    r4, [sp]\n"
      "uxtah  r0, r5, r1\n"
      "lsrs   r1, r1, #17\n"
      "bcs    5f\n"
      "bne    2b\n"
      "subs   r4, r0, r5\n" /* of no quads: what it takes back */
      "bne    6f\n"
      "ldr    r4, [sp, #12]\n"
      "adds   r4, r4, #28\n"
      "ldm    r4, {r0, r1, r3, r5, r6}\n"
      "cmp    r3, #0\n"
      "beq    4f\n" DTMM_SCALE("r8") DTMM_SCALE("r9") DTMM_SCALE("r10") DTMM_SCALE("r11")
      "add    r7, r6, r6, lsl #1\n"
      "strb   r8, [r5]\n"
      "strb   r9, [r5, r6]\n"
      "strb   r10, [r5, r6, lsl #1]\n"
      "strb   r11, [r5, r7]\n"
      "add    r5, r5, r6, lsl #2\n"
      "str    r5, [r4, #12]\n"
      "ldrd   r6, r7, [sp, #4]\n"
      "adds   r6, r6, #32\n"
      "str    r6, [sp, #4]\n"
      "cmp    r6, r7\n"
      "bne    1b\n"
      "add    sp, sp, #16\n"
      "pop    {r4-r11, pc}\n"
      "4:\n" /* sums only */
      "subs   r4, r4, #16\n"
      "stm    r4, {r8-r11}\n"
      "add    sp, sp, #16\n"
      "pop    {r4-r11, pc}\n"
      "5:\n" /* an odd number of quads */
      DTMM_QUAD
      "cmp    r1, #0\n"
      "bne    2b\n"
      "b      3b\n"
      "6:\n"
      "subs   r2, r2, r4\n"
      "b      3b\n");
}
#pragma GCC diagnostic pop

#else

/* add_runs without a bound. */
static void add_group(const DtmmDspFilter* filter, const uint32_t* columns, int32_t* sums) {
  const DtmmDspRun* run = filter->runs;
  const int8_t* end = filter->weights;
  for (; *run != 0; ++run) end += *run / kDtmmRunQuad * 4;
  add_runs(filter, columns, end, sums);
}

void dtmm_sum_groups_dsp(DtmmDspFilter* filter) {
  const uint32_t* columns = filter->columns;
  if (filter->right == 0) {
    add_group(filter, columns, filter->sums);
    return;
  }
  for (; columns != filter->columns_end; columns += 8) {
    int32_t sums[4];
    int32_t i;
    memcpy(sums, filter->sums, sizeof sums);
    add_group(filter, columns, sums);
    for (i = 0; i < 4; ++i) {
      const int32_t high = dtmm_rounded_high_product(2 * sums[i], filter->multiplier);
      const int32_t value = (high + (high >> 31) + filter->addend) >> filter->right;
      *filter->output = (int8_t)(value < INT8_MIN ? INT8_MIN : value > INT8_MAX ? INT8_MAX : value);
      filter->output += filter->stride;
    }
  }
}

#endif

#endif /* DTMM_USE_DSP */
