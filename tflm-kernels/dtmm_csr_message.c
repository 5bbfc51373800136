#include "dtmm_csr.h"
#include "dtmm_packed_format.h"

#define DTMM_MESSAGE(name, sentence) \
  case DTMM_STATUS_##name:           \
    return DTMM_OPERATOR ": " sentence;

#define DTMM_MESSAGES                          \
  switch (status) {                            \
    DTMM_MESSAGE(OK, "the layer is valid")     \
    DTMM_OPERATOR_STATUSES(DTMM_MESSAGE)       \
    DTMM_LAYER_STATUSES(DTMM_MESSAGE)          \
    DTMM_CONV_STATUSES(DTMM_MESSAGE)           \
    default:                                   \
      return DTMM_OPERATOR ": unknown status"; \
  }

const char* dtmm_csr_conv_message(DtmmStatus status) {
#define DTMM_OPERATOR DTMM_CSR_CONV_2D_NAME
  DTMM_MESSAGES
#undef DTMM_OPERATOR
}

const char* dtmm_csr_fully_connected_message(DtmmStatus status) {
#define DTMM_OPERATOR DTMM_CSR_FULLY_CONNECTED_NAME
  DTMM_MESSAGES
#undef DTMM_OPERATOR
}
