#include "semihosting.h"

#include <stdint.h>
#include <string.h>

enum { kOpen = 0x01, kWrite0 = 0x04, kWrite = 0x05, kRead = 0x06, kExitExtended = 0x20 };
enum { kApplicationExit = 0x20026 };

static int32_t call(int32_t operation, const void* arguments) {
  register int32_t r0 __asm__("r0") = operation;
  register const void* r1 __asm__("r1") = arguments;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

int board_open(const char* name, int mode) {
  const uint32_t arguments[3] = {(uint32_t)name, (uint32_t)mode, (uint32_t)strlen(name)};
  return (int)call(kOpen, arguments);
}

/* Read and write answer with the number of bytes that they did not transfer. */
static size_t transfer(int32_t operation, int handle, const void* memory, size_t bytes) {
  const uint32_t arguments[3] = {(uint32_t)handle, (uint32_t)memory, (uint32_t)bytes};
  return bytes - (size_t)call(operation, arguments);
}

size_t board_read(int handle, void* memory, size_t bytes) { return transfer(kRead, handle, memory, bytes); }

size_t board_write(int handle, const void* memory, size_t bytes) {
  return transfer(kWrite, handle, memory, bytes);
}

void board_print(const char* text) { (void)call(kWrite0, text); }

void board_exit(int code) {
  const uint32_t arguments[2] = {kApplicationExit, (uint32_t)code};
  for (;;) (void)call(kExitExtended, arguments);
}
