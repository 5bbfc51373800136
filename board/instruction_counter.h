/* Counts executed instructions on a board that QEMU emulates with
 * `-icount shift=6,align=off,sleep=off`: then an instruction takes 64 ns of virtual time, and the
 * free-running counter of the board's FPGA (BOARD_COUNTER_HZ, at BOARD_COUNTER_ADDRESS, both from the
 * compiler's command line) ticks more often than that, so that instructions = ticks * 1e9 / (64 * Hz) to the
 * nearest one. Without these two macros, as on the host, nothing is counted. */
#ifndef DTMM_BOARD_INSTRUCTION_COUNTER_H_
#define DTMM_BOARD_INSTRUCTION_COUNTER_H_

#include <stdint.h>

#ifdef BOARD_COUNTER_ADDRESS

/* Ticks of the counter; wraps after 2^32. */
static inline uint32_t board_ticks(void) {
  uint32_t ticks;
  __asm__ volatile("" ::: "memory"); /* what is to be counted stays between two readings */
  ticks = *(const volatile uint32_t*)BOARD_COUNTER_ADDRESS;
  __asm__ volatile("" ::: "memory");
  return ticks;
}

/* Instructions that had been executed at a reading: the counter rounds down, and an instruction takes longer
 * than a tick, so there is one number of instructions that fits. */
static inline uint64_t board_instructions_at(uint64_t ticks) {
  const uint64_t hz_times_instruction_time = (uint64_t)BOARD_COUNTER_HZ * 64;
  return (ticks * 1000000000u + hz_times_instruction_time - 1) / hz_times_instruction_time;
}

/* Instructions from one reading to a later one, at most 2^32 ticks on: those between, and one reading. */
static inline uint32_t board_instructions(uint32_t from, uint32_t to) {
  const uint64_t wrapped = to < from ? (uint64_t)1 << 32 : 0;
  return (uint32_t)(board_instructions_at(wrapped + to) - board_instructions_at(from));
}

#else

static inline uint32_t board_ticks(void) { return 0; }

static inline uint32_t board_instructions(uint32_t from, uint32_t to) {
  (void)from;
  (void)to;
  return 0;
}

#endif

#endif /* DTMM_BOARD_INSTRUCTION_COUNTER_H_ */
