/* One function in assembler, because VMLADAVA wants its accumulator in an even core register: eight of them
 * are all there are, LR included. From intrinsics GCC 12 at -O3 spills one accumulator and moves two through
 * r0: 28 instructions for 16 weights at eight positions in place of 21, and 84 for the rest of a filter in
 * place of 33 (docs/kernels.md). Without operands, so that it does not depend on what the compiler does with
 * registers. */
#include "dtmm_row_mve.h"

#include "dtmm_target.h"

#if DTMM_USE_MVE

/* The next 16 weights at eight positions: 68 bytes of code. */
#define DTMM_VECTOR_MVE        \
  "vldrb.u8 q0, [r1], #16\n"   \
  "vldrw.u32 q1, [r7, #0]\n"   \
  "vmladava.s8 r0, q0, q1\n"   \
  "vldrw.u32 q2, [r7, #16]\n"  \
  "vmladava.s8 r2, q0, q2\n"   \
  "vldrw.u32 q1, [r7, #32]\n"  \
  "vmladava.s8 r4, q0, q1\n"   \
  "vldrw.u32 q2, [r7, #48]\n"  \
  "vmladava.s8 r6, q0, q2\n"   \
  "vldrw.u32 q1, [r7, #64]\n"  \
  "vmladava.s8 r8, q0, q1\n"   \
  "vldrw.u32 q2, [r7, #80]\n"  \
  "vmladava.s8 r10, q0, q2\n"  \
  "vldrw.u32 q1, [r7, #96]\n"  \
  "vmladava.s8 r12, q0, q1\n"  \
  "vldrw.u32 q2, [r7, #112]\n" \
  "vmladava.s8 lr, q0, q2\n"

/* Registers:
 *
 *   r0 r2 r4 r6    sums of positions 0 to 3
 *   r8 r10 r12 lr  sums of positions 4 to 7
 *   r1             weights
 *   r3             row->plane_bytes
 *   r5             the rest of the records
 *   r7             the current vector of position 0
 *   r9             row->table
 *   r11            where a cell of row->cell_vectors enters the code of four vectors
 *   q0             16 weights
 *   q1 q2          16 channels of a position, in turn, so that a load and a product can overlap
 *   q4             row->offsets, and by how many filters the current one is behind the first
 *   q5             ones
 *   q6 q7          row->min, row->max
 *   VPR            positions that exist
 *
 * Once a filter's sums are complete they are requantised, even positions in q0, odd ones in q1, then all in
 * q0. Before a right shift a negative product is moved down by one, as in dtmm_requantize_mve.h; the sign is
 * that of the sum, which differs from the product's only where that is 0, and then the shift takes the one
 * away again. The frame:
 *
 *   [sp]           zero point, output of the group's first filter
 *   [sp, #8]       row */
__attribute__((naked)) void dtmm_row_mve(DtmmRowMve* row __attribute__((unused))) {
  __asm__ volatile(
      "push {r4-r11, lr}\n"
      "vpush {d8-d15}\n"
      "sub sp, #12\n"
      "str r0, [sp, #8]\n"
      "ldrd r9, r3, [r0, #40]\n"
      "subs r9, #4\n" /* records count cells from 1 */
      "ldrd r2, r4, [r0, #48]\n"
      "ldr r6, [r0, #56]\n"
      "vmov.i16 q5, #1\n"
      "vdup.16 q6, r4\n"
      "vdup.16 q7, r6\n"
      "adr r11, 2f\n"
      "movs r4, #70\n" /* bytes of code from one vector to the next */
      "mls r11, r4, r2, r11\n"
      "adds r11, #(70 + 1)\n" /* Thumb */

      "3:\n" /* a group */
      "ldrd r1, r5, [r0]\n"
      "ldrd r2, r4, [r0, #8]\n"
      "strd r2, r4, [sp]\n"
      "ldrd r2, r4, [r0, #20]\n"
      "vctp.16 r2\n"
      "vpst\n"
      "vctpt.16 r4\n"
      "vldrh.u16 q4, [r0, #60]\n"
      "b 6f\n"

      ".balign 4\n" /* a cell */
      DTMM_VECTOR_MVE "add r7, r3\n" DTMM_VECTOR_MVE "add r7, r3\n" DTMM_VECTOR_MVE
      "add r7, r3\n"
      "2:\n" DTMM_VECTOR_MVE
      "ldrh r7, [r5], #2\n"
      "cbz r7, 4f\n"
      "ldr r7, [r9, r7, lsl #2]\n"
      "bx r11\n"

      "4:\n"                        /* the sums are complete */
      "vmov q0[2], q0[0], r0, r8\n" /* the first register goes to the lower lane */
      "vmov q0[3], q0[1], r4, r12\n"
      "vmov q1[2], q1[0], r2, r10\n"
      "vmov q1[3], q1[1], r6, lr\n"
      "ldr r0, [r5], #4\n"   /* multiplier */
      "ldrsh r2, [r5], #2\n" /* shift */
      "cmp r2, #0\n"
      "bge 9f\n"
      "vshr.s32 q2, q0, #31\n"
      "vshr.s32 q3, q1, #31\n"
      "vqrdmlah.s32 q2, q0, r0\n"
      "vqrdmlah.s32 q3, q1, r0\n"
      "vrshl.s32 q2, r2\n"
      "vrshl.s32 q3, r2\n"
      "ldrd r0, r2, [sp]\n"
      "vqmovnb.s32 q0, q2\n"
      "vqmovnt.s32 q0, q3\n"
      "vqadd.s16 q0, q0, r0\n"
      "5:\n"
      "vmax.s16 q0, q0, q6\n"
      "vmin.s16 q0, q0, q7\n"
      "8:\n"
      "vpst\n"
      "vstrbt.16 q0, [r2, q4]\n"
      "vadd.i16 q4, q4, q5\n"

      "6:\n" /* a filter */
      "ldr r0, [r5], #4\n"
      "ldrh r7, [r5], #2\n"
      "cbz r7, 7f\n"
      "mov r2, r0\n" /* all sums start at the bias */
      "mov r4, r0\n"
      "mov r6, r0\n"
      "mov r8, r0\n"
      "mov r10, r0\n"
      "mov r12, r0\n"
      "mov lr, r0\n"
      "ldr r7, [r9, r7, lsl #2]\n"
      "bx r11\n"

      "7:\n" /* no cells: the same everywhere, or the end */
      "ldr r2, [sp, #4]\n"
      "cmp r0, #0x8000\n"
      "vdup.16 q0, r0\n"
      "bne 8b\n"

      /* the group is done */
      "ldr r0, [sp, #8]\n"
      "ldrd r4, r6, [r0, #16]\n"
      "add r2, r4\n"
      "str r2, [r0, #12]\n"
      "ldrd r2, r4, [r0, #24]\n"
      "subs r6, r2\n"
      "str r6, [r0, #20]\n"
      "it le\n"
      "ldrle r4, [r0, #32]\n"
      "ldr r2, [r0, #36]\n"
      "add r8, r9, #4\n"
      "1:\n"
      "vldrw.u32 q0, [r8]\n"
      "vadd.i32 q0, q0, r4\n"
      "vstrw.32 q0, [r8], #16\n"
      "subs r2, #4\n"
      "bgt 1b\n"
      "cmp r6, #0\n"
      "bgt 3b\n"
      "add sp, #12\n"
      "vpop {d8-d15}\n"
      "pop {r4-r11, pc}\n"

      "9:\n" /* a left shift comes before the product; nothing is rounded after it, and the sum may wrap
                around */
      "vshl.s32 q0, r2\n"
      "vshl.s32 q1, r2\n"
      "vqrdmulh.s32 q0, q0, r0\n"
      "vqrdmulh.s32 q1, q1, r0\n"
      "ldrd r0, r2, [sp]\n"
      "vadd.i32 q0, q0, r0\n"
      "vadd.i32 q1, q1, r0\n"
      "vqmovnb.s32 q0, q0\n"
      "vqmovnt.s32 q0, q1\n"
      "b 5b\n");
}

#endif /* DTMM_USE_MVE */
