#include "dtmm_packed_format.h"
#include "dtmm_pattern.h"

const char* dtmm_pattern_message(DtmmStatus status) {
#define DTMM_MESSAGE(name, sentence) \
  case DTMM_STATUS_##name:           \
    return DTMM_PATTERN_CONV_2D_NAME ": " sentence;
  switch (status) {
    DTMM_MESSAGE(OK, "the layer is valid")
    DTMM_OPERATOR_STATUSES(DTMM_MESSAGE)
    DTMM_LAYER_STATUSES(DTMM_MESSAGE)
    DTMM_CONV_STATUSES(DTMM_MESSAGE)
    default:
      return DTMM_PATTERN_CONV_2D_NAME ": unknown status";
  }
#undef DTMM_MESSAGE
}
