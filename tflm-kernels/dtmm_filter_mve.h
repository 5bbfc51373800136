/* The inner loops of the MVE filterlet convolution: one filter at groups of eight output positions.
 *
 * In assembler, because VMLADAVA wants its accumulator in an even core register: eight of them are all there are,
 * LR included. From intrinsics GCC 12 at -O3 spills one accumulator and moves two through r0, 28 instructions for
 * 16 weights at eight positions in place of 23, and 84 for the rest of a group in place of 44 (docs/kernels.md).
 *
 * Registers:
 *
 *   r0 r2 r4 r6    sums of positions 0 to 3
 *   r8 r10 r12 lr  sums of positions 4 to 7
 *   r1             weights
 *   r3             next word of cells; with cells of 128, the bytes from their first to their second half
 *   r5             bits of the word that are still to do
 *   r7             the DtmmFilterMve; saved, because it may be the caller's frame pointer
 *   r9             table of the word's cells
 *   r11            the bias, then the current cell
 *   q0             16 weights
 *   q1 q2          16 channels of a position, in turn, so that a load and a product can overlap
 *   q4 q5          where the outputs go, relative to position 0 of the first group
 *   q6 q7          smallest and largest output
 *
 * Between the cells of two groups everything but r1, r7 and r9 is free; the sums are requantised in q0 and q1 as
 * dtmm_requantize_mve.h does it. */
#ifndef DTMM_FILTER_MVE_H_
#define DTMM_FILTER_MVE_H_

#include <arm_mve.h>
#include <stdint.h>

#include "dtmm_lines_mve.h"

/* One filter and the groups it is computed at. The assembler knows the offsets of the fields. */
typedef struct DtmmFilterMve {
  const int8_t* weights;        /* 0: of the cells, without gaps; no alignment needed */
  const DtmmCellWord* words;    /* 4: at least one before the end */
  int32_t bias;                 /* 8: folded */
  int32_t multiplier;           /* 12 */
  int32_t shift;                /* 16 */
  int32_t zero_point;           /* 20: of the output */
  int8_t* output;               /* 24: position 0 of the first group */
  int32_t output_step;          /* 28: bytes of output from group to group */
  const int8_t* const* end;     /* 32: of the table, behind the last group */
  const int8_t* const* table;   /* 36: cells of position 0 of the first group, aligned to 4 bytes */
  const uint32_t* positions;    /* 40: offsets of a group's eight outputs from that of position 0 */
  int32_t min;                  /* 44: smallest output */
  int32_t max;                  /* 48: largest output */
  int32_t half;                 /* 52: bytes from the first to the second half of a cell of 128 */
  const DtmmCellWord* next;     /* 56: for the assembler */
} DtmmFilterMve;

/* Channels from byte `at` on of position `position`, whose cells are `pitch` bytes apart, times q0. */
#define DTMM_POSITION_MVE(position, sum, input, pitch, at)            \
  "vldrw.u32 " input ", [r11, #(" #position "*" #pitch "+" #at ")]\n" \
  "vmladava.s8 " sum ", q0, " input "\n"

/* The next 16 weights at eight positions. */
#define DTMM_VECTOR_MVE(pitch, at)             \
  "vldrb.u8 q0, [r1], #16\n"                   \
  DTMM_POSITION_MVE(0, "r0", "q1", pitch, at)  \
  DTMM_POSITION_MVE(1, "r2", "q2", pitch, at)  \
  DTMM_POSITION_MVE(2, "r4", "q1", pitch, at)  \
  DTMM_POSITION_MVE(3, "r6", "q2", pitch, at)  \
  DTMM_POSITION_MVE(4, "r8", "q1", pitch, at)  \
  DTMM_POSITION_MVE(5, "r10", "q2", pitch, at) \
  DTMM_POSITION_MVE(6, "r12", "q1", pitch, at) \
  DTMM_POSITION_MVE(7, "lr", "q2", pitch, at)

#define DTMM_VECTORS_16_MVE DTMM_VECTOR_MVE(16, 0)
#define DTMM_VECTORS_32_MVE DTMM_VECTOR_MVE(32, 0) DTMM_VECTOR_MVE(32, 16)
#define DTMM_VECTORS_64_MVE \
  DTMM_VECTOR_MVE(64, 0) DTMM_VECTOR_MVE(64, 16) DTMM_VECTOR_MVE(64, 32) DTMM_VECTOR_MVE(64, 48)
#define DTMM_VECTORS_128_MVE DTMM_VECTORS_64_MVE "add r11, r3\n" DTMM_VECTORS_64_MVE

/* From a word to the next. Cells of 128 need r3 for something else in between. */
#define DTMM_NEXT_WORD_MVE    \
  "ldrd r5, r11, [r3], #8\n" \
  "add r9, r11\n"
#define DTMM_RECALL_WORD_MVE "ldr r3, [r7, #56]\n"
#define DTMM_STORE_WORD_MVE \
  "str r3, [r7, #56]\n"     \
  "ldr r3, [r7, #52]\n"

/* Defines `name`, which computes a filter at its groups and returns the weights that follow it. */
#define DTMM_FILTER_MVE(name, vectors, recall, store)                                                  \
  static inline const int8_t* name(const DtmmFilterMve* filter) {                                      \
    register const void* pointer __asm__("r1") = filter;                                               \
    __asm__ volatile(                                                                                  \
        "push {r7}\n"                                                                                  \
        "mov r7, r1\n"                                                                                 \
        "ldrd r9, r1, [r7, #36]\n"                                                                     \
        "vldrw.u32 q4, [r1]\n"                                                                         \
        "vldrw.u32 q5, [r1, #16]\n"                                                                    \
        "ldrd r1, r3, [r7, #44]\n"                                                                     \
        "vdup.32 q6, r1\n"                                                                             \
        "vdup.32 q7, r3\n"                                                                             \
        "1:\n" /* a group: all sums start at the bias */                                               \
        "ldm r7, {r1, r3, r11}\n"                                                                      \
        "mov r0, r11\n"                                                                                \
        "mov r2, r11\n"                                                                                \
        "mov r4, r11\n"                                                                                \
        "mov r6, r11\n"                                                                                \
        "mov r8, r11\n"                                                                                \
        "mov r10, r11\n"                                                                               \
        "mov r12, r11\n"                                                                               \
        "mov lr, r11\n"                                                                                \
        DTMM_NEXT_WORD_MVE store                                                                       \
        "2:\n" /* a cell */                                                                            \
        "rbit r11, r5\n"                                                                               \
        "clz r11, r11\n"                                                                               \
        "ldr r11, [r9, r11, lsl #2]\n"                                                                 \
        vectors                                                                                        \
        "sub r11, r5, #1\n"                                                                            \
        "ands r5, r11\n"                                                                               \
        "bne 2b\n"                                                                                     \
        recall DTMM_NEXT_WORD_MVE store                                                                \
        "cmp r5, #0\n"                                                                                 \
        "bne 2b\n"                                                                                     \
        "ldrd r3, r5, [r7, #12]\n" /* multiplier and shift */                                          \
        "vmov q0[2], q0[0], r0, r4\n" /* the first register goes to the lower lane */                  \
        "vmov q0[3], q0[1], r2, r6\n"                                                                  \
        "vmov q1[2], q1[0], r8, r12\n"                                                                 \
        "vmov q1[3], q1[1], r10, lr\n"                                                                 \
        "cmp r5, #0\n"                                                                                 \
        "bge 4f\n"                                                                                     \
        "vqrdmulh.s32 q0, q0, r3\n"                                                                    \
        "vqrdmulh.s32 q1, q1, r3\n"                                                                    \
        "vshr.s32 q2, q0, #31\n"                                                                       \
        "vshr.s32 q3, q1, #31\n"                                                                       \
        "vqadd.s32 q0, q0, q2\n"                                                                       \
        "vqadd.s32 q1, q1, q3\n"                                                                       \
        "vrshl.s32 q0, r5\n"                                                                           \
        "vrshl.s32 q1, r5\n"                                                                           \
        "3:\n"                                                                                         \
        "ldrd r3, r5, [r7, #20]\n" /* zero point and output */                                         \
        "vadd.i32 q0, q0, r3\n"                                                                        \
        "vadd.i32 q1, q1, r3\n"                                                                        \
        "vmax.s32 q0, q0, q6\n"                                                                        \
        "vmax.s32 q1, q1, q6\n"                                                                        \
        "vmin.s32 q0, q0, q7\n"                                                                        \
        "vmin.s32 q1, q1, q7\n"                                                                        \
        "ldrd r3, r11, [r7, #28]\n" /* output step and end of the table */                             \
        "vstrb.32 q0, [r5, q4]\n"                                                                      \
        "vstrb.32 q1, [r5, q5]\n"                                                                      \
        "vadd.i32 q4, q4, r3\n"                                                                        \
        "vadd.i32 q5, q5, r3\n"                                                                        \
        "cmp r9, r11\n"                                                                                \
        "bne 1b\n"                                                                                     \
        "b 5f\n"                                                                                       \
        "4:\n" /* a left shift comes before the product, and nothing is rounded after it */            \
        "vshl.s32 q0, r5\n"                                                                            \
        "vshl.s32 q1, r5\n"                                                                            \
        "vqrdmulh.s32 q0, q0, r3\n"                                                                    \
        "vqrdmulh.s32 q1, q1, r3\n"                                                                    \
        "b 3b\n"                                                                                       \
        "5:\n"                                                                                         \
        "pop {r7}\n"                                                                                   \
        : "+r"(pointer)                                                                                \
        :                                                                                              \
        : "r0", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "q0", "q1", "q2", \
          "q3", "q4", "q5", "q6", "q7", "cc", "memory");                                               \
    return (const int8_t*)pointer;                                                                     \
  }

DTMM_FILTER_MVE(dtmm_filter_16_mve, DTMM_VECTORS_16_MVE, "", "")
DTMM_FILTER_MVE(dtmm_filter_32_mve, DTMM_VECTORS_32_MVE, "", "")
DTMM_FILTER_MVE(dtmm_filter_64_mve, DTMM_VECTORS_64_MVE, "", "")
DTMM_FILTER_MVE(dtmm_filter_128_mve, DTMM_VECTORS_128_MVE, DTMM_RECALL_WORD_MVE, DTMM_STORE_WORD_MVE)

#undef DTMM_FILTER_MVE
#undef DTMM_STORE_WORD_MVE
#undef DTMM_RECALL_WORD_MVE
#undef DTMM_NEXT_WORD_MVE
#undef DTMM_VECTORS_128_MVE
#undef DTMM_VECTORS_64_MVE
#undef DTMM_VECTORS_32_MVE
#undef DTMM_VECTORS_16_MVE
#undef DTMM_VECTOR_MVE
#undef DTMM_POSITION_MVE

/* Computes a filter of cells of that many vectors at its groups; returns the weights that follow it. */
static const int8_t* dtmm_filter_mve(const DtmmFilterMve* filter, int32_t cell_vectors) {
  if (cell_vectors == 1) return dtmm_filter_16_mve(filter);
  if (cell_vectors == 2) return dtmm_filter_32_mve(filter);
  return cell_vectors == 4 ? dtmm_filter_64_mve(filter) : dtmm_filter_128_mve(filter);
}

#endif /* DTMM_FILTER_MVE_H_ */
