/* Calls from the emulated board to the machine that emulates it (Arm's semihosting specification, version 3).
 */
#ifndef DTMM_BOARD_SEMIHOSTING_H_
#define DTMM_BOARD_SEMIHOSTING_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Modes of board_open, as the specification numbers those of fopen. */
enum { BOARD_READ_BINARY = 1, BOARD_WRITE_BINARY = 5, BOARD_APPEND = 8 };

/* Opens a file in the emulator's working directory; ":tt" to append to is the emulator's stderr. Returns a
 * handle, or -1. */
int board_open(const char* name, int mode);

/* Bytes that were read, fewer than `bytes` at the end of the file only. */
size_t board_read(int handle, void* memory, size_t bytes);

/* Bytes that were written. */
size_t board_write(int handle, const void* memory, size_t bytes);

/* Prints text on the emulator's stderr, without any library. */
void board_print(const char* text);

/* Ends the emulator with this exit code. */
void board_exit(int code) __attribute__((noreturn));

#ifdef __cplusplus
}
#endif

#endif /* DTMM_BOARD_SEMIHOSTING_H_ */
