#include "dtmm_sum_groups_dsp.h"

#include "dtmm_dsp.h"

#if DTMM_USE_DSP

#if defined(__GNUC__) && defined(__thumb2__)

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

#define DTMM_SCALE(sum)                               \
  "smmlar " sum ", " sum ", r0, " sum "\n"            \
  "add    " sum ", " sum ", " sum ", asr #31\n"       \
  "asrs   " sum ", " sum ", r3\n"                     \
  "adc    " sum ", " sum ", r1\n"                     \
  "ssat   " sum ", #8, " sum "\n"

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
      "b      3f\n"
      "2:\n" /* four quads */
      DTMM_QUAD "7:\n" DTMM_QUAD DTMM_QUAD DTMM_QUAD
      "subs   r3, r3, #0x10000\n"
      "bcs    2b\n"
      "3:\n" /* the next run */
      "ldmia  r1!, {r0, r2, r3, r4}\n"
      "ldr    r5, [sp]\n"
      "add    r0, r5\n"
      "add    pc, r4\n"
      "nop\n"
      /* the end of the list */
      "ldr    r4, [sp, #8]\n"
      "ldm    r4, {r0, r1, r3, r5, r6, r7}\n"
      "cbz    r3, 4f\n" DTMM_SCALE("r8") DTMM_SCALE("r9") DTMM_SCALE("r10") DTMM_SCALE("r11")
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
      "4:\n" /* sums only */
      "stmdb  r4, {r8-r11}\n"
      "add    sp, sp, #12\n"
      "pop    {r4-r11, pc}\n"
      ".if (7b - 2b) != 52\n"
      ".error \"DTMM_DSP_QUAD_CODE\"\n"
      ".endif\n");
}
#pragma GCC diagnostic pop

#endif

#endif /* DTMM_USE_DSP */
