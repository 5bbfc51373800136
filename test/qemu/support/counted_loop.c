/* Measures loops of a known number of instructions: two per round, one that sets the loop up, and the reading
 * of the counter. Answers with three uint32 each: rounds, expected and counted instructions. */
#include <stdint.h>
#include <stdio.h>

#include "instruction_counter.h"

enum { kExpectedAround = 2 };

static uint32_t count_rounds(uint32_t rounds) {
  uint32_t left;
  uint32_t from = board_ticks();
  uint32_t to;
  __asm__ volatile("mov %0, %1\n1: subs %0, %0, #1\n bne 1b\n" : "=&l"(left) : "l"(rounds) : "cc");
  to = board_ticks();
  return board_instructions(from, to);
}

int main(void) {
  uint32_t rounds;
  for (rounds = 1; rounds < 30000000; rounds = rounds * 7 / 4 + 1) {
    const uint32_t answer[3] = {rounds, 2 * rounds + kExpectedAround, count_rounds(rounds)};
    fwrite(answer, sizeof(uint32_t), 3, stdout);
  }
  return 0;
}
