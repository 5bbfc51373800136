#ifndef DTMM_NATIVE_HOST_DEBUG_SINK_H_
#define DTMM_NATIVE_HOST_DEBUG_SINK_H_

// Receives every piece of text that TFLM logs, in order. The text is valid during the call only; one message
// can come in several pieces, as the 2020 trees print it.
extern "C" void dtmm_debug_log(const char* text);

#endif  // DTMM_NATIVE_HOST_DEBUG_SINK_H_
