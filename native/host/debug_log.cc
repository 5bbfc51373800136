// Replaces the tree's debug_log: what TFLM says goes to dtmm_debug_log instead of stderr.
//
// DTMM_DEBUG_LOG_VA_LIST: trees since 2023 format in DebugLog, earlier ones hand over finished text.
// DTMM_DEBUG_VSNPRINTF: trees since 2024 also ask the platform for its vsnprintf.

#include "tensorflow/lite/micro/debug_log.h"

#include <cstdarg>
#include <cstddef>
#include <cstdio>

#include "host/debug_sink.h"

#ifdef DTMM_DEBUG_LOG_VA_LIST

extern "C" void DebugLog(const char* format, va_list args) {
  // TFLM's own messages stay below 256 bytes; a longer one is cut, never overrun.
  char text[1024];
  if (std::vsnprintf(text, sizeof(text), format, args) >= 0) {
    dtmm_debug_log(text);
  }
}

#else

extern "C" void DebugLog(const char* s) { dtmm_debug_log(s); }

#endif  // DTMM_DEBUG_LOG_VA_LIST

#ifdef DTMM_DEBUG_VSNPRINTF

extern "C" int DebugVsnprintf(char* buffer, size_t buf_size, const char* format, va_list vlist) {
  return std::vsnprintf(buffer, buf_size, format, vlist);
}

#endif  // DTMM_DEBUG_VSNPRINTF
