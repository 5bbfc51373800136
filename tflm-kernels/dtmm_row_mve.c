/* One function in assembler, because VMLADAVA wants its accumulator in an even core register: eight of them
 * are all there are, LR included. From intrinsics GCC 12 at -O3 spills one accumulator and moves two through
 * r0: 28 instructions for 16 weights at eight positions in place of 22, and 84 for the rest of a filter in
 * place of 36 (docs/kernels.md). Without operands, so that it does not depend on what the compiler does with
 * registers. */
#include "dtmm_row_mve.h"

#include "dtmm_target.h"

#if DTMM_USE_MVE

/* Channels from byte `at` on of position `position`, whose cells are `pitch` bytes apart, times q0. */
#define DTMM_POSITION_MVE(position, sum, input, pitch, at)     \
  "vldrw.u32 " input ", [r11, #(" #position "*" #pitch "+" #at \
  ")]\n"                                                       \
  "vmladava.s8 " sum ", q0, " input "\n"

/* The next 16 weights at eight positions. */
#define DTMM_VECTOR_MVE(pitch, at)                                                                      \
  "vldrb.u8 q0, [r1], #16\n" DTMM_POSITION_MVE(0, "r0", "q1", pitch, at)                                \
      DTMM_POSITION_MVE(1, "r2", "q2", pitch, at) DTMM_POSITION_MVE(2, "r4", "q1", pitch, at)           \
          DTMM_POSITION_MVE(3, "r6", "q2", pitch, at) DTMM_POSITION_MVE(4, "r8", "q1", pitch, at)       \
              DTMM_POSITION_MVE(5, "r10", "q2", pitch, at) DTMM_POSITION_MVE(6, "r12", "q1", pitch, at) \
                  DTMM_POSITION_MVE(7, "lr", "q2", pitch, at)
#define DTMM_VECTORS_64_MVE \
  DTMM_VECTOR_MVE(64, 0) DTMM_VECTOR_MVE(64, 16) DTMM_VECTOR_MVE(64, 32) DTMM_VECTOR_MVE(64, 48)

/* All sums start at the bias. */
#define DTMM_START_MVE \
  "mov r2, r0\n"       \
  "mov r4, r0\n"       \
  "mov r6, r0\n"       \
  "mov r8, r0\n"       \
  "mov r10, r0\n"      \
  "mov r12, r0\n"      \
  "mov lr, r0\n"

/* A filter of one word, as far as its sums. */
#define DTMM_ONE_WORD_MVE(vectors)       \
  "ldrd r0, r5, [r9], #8\n"              \
  "cmp r5, #0\n"                         \
  "beq 9f\n" DTMM_START_MVE              \
  "1:\n"                                 \
  "clz r11, r5\n"                        \
  "lsr r3, r7, r11\n"                    \
  "ldr r11, [sp, r11, lsl #2]\n" vectors \
  "bics r5, r3\n"                        \
  "bne 1b\n"

/* Registers:
 *
 *   r0 r2 r4 r6    sums of positions 0 to 3
 *   r8 r10 r12 lr  sums of positions 4 to 7
 *   r1             weights
 *   r3             the bit of the current cell
 *   r5             bits that are still to do
 *   r7             the highest bit; with several words, the table from the current word's cells on
 *   r9             the rest of the records
 *   r11            the current cell
 *   q0             16 weights
 *   q1 q2          16 channels of a position, in turn, so that a load and a product can overlap
 *   q4             row->positions
 *   q6 q7          row->min, row->max
 *
 * Once a filter's sums are complete they are requantised as dtmm_requantize_mve.h does it: even positions in
 * q0, odd ones in q1, then all in q0. The frame:
 *
 *   [sp]           the table of one word
 *   [sp, #128]     zero point, output of the current filter
 *   [sp, #136]     end of the records, code for a filter of these cells
 *   [sp, #144]     groups left
 *   [sp, #152]     table, its end if of several words
 *   [sp, #160]     row->half, row
 *   [sp, #168]     output of the group's first filter */
__attribute__((naked)) const int8_t* dtmm_row_mve(const DtmmRowMve* row __attribute__((unused))) {
  __asm__ volatile(
      "push {r4-r11, lr}\n"
      "vpush {d8-d15}\n"
      "sub sp, #172\n"
      "ldrd r1, r2, [r0, #36]\n"
      "vldrh.u16 q4, [r1]\n"
      "str r2, [sp, #128]\n"
      "ldrd r1, r2, [r0, #44]\n"
      "vdup.16 q6, r1\n"
      "vdup.16 q7, r2\n"
      "ldrd r1, r2, [r0, #52]\n"
      "strd r1, r0, [sp, #160]\n"
      "adr r3, 11f\n" /* which code */
      "cmp r2, #4\n"
      "it eq\n"
      "adreq r3, 12f\n"
      "it hi\n"
      "adrhi r3, 13f\n"
      "cmp r2, #1\n"
      "it eq\n"
      "adreq r3, 14f\n"
      "ldrd r1, r2, [r0, #24]\n"
      "add r8, r1, r2, lsl #2\n"
      "cmp r2, #32\n"
      "bhi 2f\n"
      "mov r5, sp\n"
      "1:\n"
      "vldrw.u32 q0, [r1], #16\n"
      "vstrw.32 q0, [r5], #16\n"
      "subs r2, #4\n"
      "bgt 1b\n"
      "mov r1, sp\n"
      "b 3f\n"
      "2:\n"
      "adr r3, 10f\n"
      "3:\n"
      "orr r3, #1\n" /* Thumb */
      "strd r1, r8, [sp, #152]\n"
      "ldr r1, [r0, #8]\n"
      "strd r1, r3, [sp, #136]\n"
      "ldr r1, [r0, #20]\n"
      "str r1, [sp, #144]\n"
      "ldr r2, [r0, #12]\n"

      "4:\n" /* a group */
      "str r2, [sp, #168]\n"
      "str r2, [sp, #132]\n"
      "ldr r3, [sp, #164]\n"
      "ldrd r1, r9, [r3]\n"
      "mov r7, #0x80000000\n"
      "ldr r3, [sp, #140]\n"
      "bx r3\n"

      ".balign 4\n"
      "10:\n" /* a filter of several words, a vector a cell */
      "ldr r3, [sp, #136]\n"
      "cmp r9, r3\n"
      "beq 16f\n"
      "ldr r0, [r9], #4\n"
      DTMM_START_MVE
      "ldr r7, [sp, #152]\n"
      "1:\n"
      "ldr r5, [r9], #4\n"
      "cmp r5, #0\n"
      "beq 3f\n"
      "2:\n"
      "clz r11, r5\n"
      "mov r3, #0x80000000\n"
      "lsr r3, r11\n"
      "ldr r11, [r7, r11, lsl #2]\n"
      DTMM_VECTOR_MVE(16, 0)
      "bics r5, r3\n"
      "bne 2b\n"
      "3:\n"
      "add r7, #128\n"
      "ldr r3, [sp, #156]\n"
      "cmp r7, r3\n"
      "blo 1b\n"
      "b 5f\n"

      ".balign 4\n"
      "11:\n" /* two vectors a cell */
      DTMM_ONE_WORD_MVE(DTMM_VECTOR_MVE(32, 0) DTMM_VECTOR_MVE(32, 16))
      "b 5f\n"

      ".balign 4\n"
      "12:\n" /* four vectors a cell */
      DTMM_ONE_WORD_MVE(DTMM_VECTORS_64_MVE)
      "b 5f\n"

      ".balign 4\n"
      "13:\n" /* twice four vectors a cell: the flags, which nothing of it changes, tell the halves apart */
      DTMM_ONE_WORD_MVE(
        "2:\n"
        DTMM_VECTORS_64_MVE
        "beq 3f\n"
        "ldr r7, [sp, #160]\n"
        "add r11, r7\n"
        "mov r7, #0x80000000\n"
        "cmp r7, r7\n"
        "b 2b\n"
        "3:\n")
      "b 5f\n"

      "9:\n" /* no cells: the same everywhere, or the end */
      "add r9, #8\n"
      "ldrd r11, r3, [sp, #132]\n"
      "cmp r9, r3\n"
      "bhi 16f\n"
      "vdup.16 q0, r0\n"
      "b 8f\n"

      ".balign 4\n"
      "14:\n" /* a vector a cell */
      "ldrd r0, r5, [r9], #8\n"
      "cmp r5, #0\n"
      "beq 9b\n"
      DTMM_START_MVE
      "1:\n"
      "clz r11, r5\n"
      "lsr r3, r7, r11\n"
      "ldr r11, [sp, r11, lsl #2]\n"
      DTMM_VECTOR_MVE(16, 0)
      "bics r5, r3\n"
      "bne 1b\n"

      "5:\n" /* the sums are complete */
      "ldrd r3, r5, [r9], #8\n" /* multiplier and shift */
      "vmov q0[2], q0[0], r0, r8\n" /* the first register goes to the lower lane */
      "vmov q0[3], q0[1], r4, r12\n"
      "vmov q1[2], q1[0], r2, r10\n"
      "vmov q1[3], q1[1], r6, lr\n"
      "cmp r5, #0\n"
      "bge 6f\n"
      "vqrdmulh.s32 q0, q0, r3\n"
      "vqrdmulh.s32 q1, q1, r3\n"
      "vshr.s32 q2, q0, #31\n"
      "vshr.s32 q3, q1, #31\n"
      "vqadd.s32 q0, q0, q2\n"
      "vqadd.s32 q1, q1, q3\n"
      "vrshl.s32 q0, r5\n"
      "vrshl.s32 q1, r5\n"
      "ldrd r3, r11, [sp, #128]\n" /* zero point and output */
      "vqmovnb.s32 q0, q0\n"
      "vqmovnt.s32 q0, q1\n"
      "vqadd.s16 q0, q0, r3\n"
      "7:\n"
      "vmax.s16 q0, q0, q6\n"
      "vmin.s16 q0, q0, q7\n"
      "8:\n"
      "vstrb.16 q0, [r11, q4]\n"
      "add r11, #1\n"
      "str r11, [sp, #132]\n"
      "ldr r5, [sp, #140]\n"
      "bx r5\n"

      "16:\n" /* the group is done */
      "ldr r3, [sp, #144]\n"
      "subs r3, #1\n"
      "beq 9f\n"
      "str r3, [sp, #144]\n"
      "ldr r0, [sp, #164]\n"
      "ldrd r3, r4, [r0, #28]\n"
      "ldr r5, [sp, #152]\n"
      "1:\n"
      "vldrw.u32 q0, [r5]\n"
      "vadd.i32 q0, q0, r4\n"
      "vstrw.32 q0, [r5], #16\n"
      "subs r3, #4\n"
      "bgt 1b\n"
      "ldr r2, [sp, #168]\n"
      "ldr r4, [r0, #16]\n"
      "add r2, r4\n"
      "b 4b\n"

      "6:\n" /* a left shift comes before the product; nothing is rounded after it, and the sum may wrap around */
      "vshl.s32 q0, r5\n"
      "vshl.s32 q1, r5\n"
      "vqrdmulh.s32 q0, q0, r3\n"
      "vqrdmulh.s32 q1, q1, r3\n"
      "ldrd r3, r11, [sp, #128]\n"
      "vadd.i32 q0, q0, r3\n"
      "vadd.i32 q1, q1, r3\n"
      "vqmovnb.s32 q0, q0\n"
      "vqmovnt.s32 q0, q1\n"
      "b 7b\n"

      "9:\n"
      "mov r0, r1\n"
      "add sp, #172\n"
      "vpop {d8-d15}\n"
      "pop {r4-r11, pc}\n");
}

#endif /* DTMM_USE_MVE */
