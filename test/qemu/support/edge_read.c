/* Reads the last byte of memory and says so, then the one behind it, which must end the program. */
#include <stdint.h>

#include "semihosting.h"

extern unsigned char board_edge_end[]; /* from the linker script */

int main(void) {
  const uintptr_t end = (uintptr_t)board_edge_end;
  (void)*(volatile unsigned char*)(end - 1);
  board_print("read the last byte\n");
  (void)*(volatile unsigned char*)end;
  return 0;
}
