#include "dtmm_block_fc_check.h"
#include "dtmm_packed_format.h"

const char* dtmm_block_fc_message(DtmmStatus status) {
#define DTMM_MESSAGE(name, sentence) \
  case DTMM_STATUS_##name:           \
    return DTMM_BLOCK_FULLY_CONNECTED_NAME ": " sentence;
  switch (status) {
    DTMM_MESSAGE(OK, "the layer is valid")
    DTMM_OPERATOR_STATUSES(DTMM_MESSAGE)
    DTMM_LAYER_STATUSES(DTMM_MESSAGE)
    default:
      return DTMM_BLOCK_FULLY_CONNECTED_NAME ": unknown status";
  }
#undef DTMM_MESSAGE
}
