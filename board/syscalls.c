/* What newlib asks of an operating system. stdin is the file requests.bin in the emulator's working
 * directory, stdout answers.bin, stderr the emulator's own; there is nothing else to open. */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "semihosting.h"

extern char board_heap_start[]; /* from the linker script */
extern char board_heap_end[];

int _close(int file);
void _exit(int code) __attribute__((noreturn));
void _fini(void);
int _fstat(int file, struct stat* status);
int _getpid(void);
void _init(void);
int _isatty(int file);
int _kill(int process, int signal);
int _lseek(int file, int offset, int whence);
int _read(int file, char* memory, int bytes);
void* _sbrk(ptrdiff_t increment);
extern void* __dso_handle;
int _write(int file, const char* memory, int bytes);

/* The semihosting handle of a standard stream, opened at its first use. */
static int handle_of(int file) {
  static const char* const names[] = {"requests.bin", "answers.bin", ":tt"};
  static const int modes[] = {BOARD_READ_BINARY, BOARD_WRITE_BINARY, BOARD_APPEND};
  static int handles[] = {-1, -1, -1};
  if (file < STDIN_FILENO || file > STDERR_FILENO) return -1;
  if (handles[file] == -1) handles[file] = board_open(names[file], modes[file]);
  return handles[file];
}

static int refuse(void) {
  errno = EBADF;
  return -1;
}

int _read(int file, char* memory, int bytes) {
  const int handle = handle_of(file);
  return handle == -1 ? refuse() : (int)board_read(handle, memory, (size_t)bytes);
}

int _write(int file, const char* memory, int bytes) {
  const int handle = handle_of(file);
  return handle == -1 ? refuse() : (int)board_write(handle, memory, (size_t)bytes);
}

void* _sbrk(ptrdiff_t increment) {
  static char* end = board_heap_start;
  char* const start = end;
  if (increment > board_heap_end - end) {
    errno = ENOMEM;
    return (void*)-1;
  }
  end += increment;
  return start;
}

int _fstat(int file, struct stat* status) {
  /* A character device has no buffer size of its own, and newlib writes it out line by line. */
  status->st_mode = file == STDERR_FILENO ? S_IFCHR : S_IFREG;
  status->st_blksize = 16384;
  return 0;
}

int _isatty(int file) { return file == STDERR_FILENO; }

int _close(int file) {
  (void)file;
  return 0;
}

int _lseek(int file, int offset, int whence) {
  (void)file;
  (void)offset;
  (void)whence;
  errno = ESPIPE;
  return -1;
}

int _getpid(void) { return 1; }

int _kill(int process, int signal) {
  (void)process;
  (void)signal;
  return refuse();
}

void _exit(int code) { board_exit(code); }

/* Newlib's own would call a function that it does not have. */
void* aligned_alloc(size_t alignment, size_t bytes) { return memalign(alignment, bytes); }

/* By its address, C++ tells the destructors of one program from those of another. */
void* __dso_handle = NULL;

/* The old way of running constructors and destructors, of which newlib asks for both ends. */
void _init(void) {}

void _fini(void) {}
