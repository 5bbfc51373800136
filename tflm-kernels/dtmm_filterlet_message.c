#include "dtmm_filterlet_check.h"

const char* dtmm_filterlet_message(DtmmFilterletStatus status) {
#define DTMM_MESSAGE(code, text) \
  case code:                     \
    return DTMM_FILTERLET_CONV_2D_NAME ": " text
  switch (status) {
    DTMM_MESSAGE(DTMM_FILTERLET_OK, "the layer is valid");
    DTMM_MESSAGE(DTMM_FILTERLET_OPTIONS_SIZE, "the custom options have the wrong size");
    DTMM_MESSAGE(DTMM_FILTERLET_VERSION, "these kernels do not know the format version; emit both again");
    DTMM_MESSAGE(DTMM_FILTERLET_LAYOUT, "these kernels do not know the weight layout; emit for this target");
    DTMM_MESSAGE(DTMM_FILTERLET_KERNEL_SIZE, "kernel height and width must be 1 to 11");
    DTMM_MESSAGE(DTMM_FILTERLET_STRIDE, "strides and dilations must be at least 1");
    DTMM_MESSAGE(DTMM_FILTERLET_PADDING, "padding must be SAME or VALID");
    DTMM_MESSAGE(DTMM_FILTERLET_ACTIVATION, "the activation range is empty");
    DTMM_MESSAGE(DTMM_FILTERLET_CHANNELS, "the channels of the options and of the tensors differ");
    DTMM_MESSAGE(DTMM_FILTERLET_SHAPE, "the output shape does not follow from the input shape");
    DTMM_MESSAGE(DTMM_FILTERLET_TOO_LARGE, "a tensor or the line buffer does not fit 31 bits");
    DTMM_MESSAGE(DTMM_FILTERLET_INDEX_SIZE, "the index has the wrong size");
    DTMM_MESSAGE(DTMM_FILTERLET_RECORDS_SIZE, "the records have the wrong size");
    DTMM_MESSAGE(DTMM_FILTERLET_INDEX_TAIL, "the bits after the end of the index are not zero");
    DTMM_MESSAGE(DTMM_FILTERLET_WEIGHTS_SIZE, "the index does not match the number of weights");
    DTMM_MESSAGE(DTMM_FILTERLET_MULTIPLIER, "a multiplier is negative");
    DTMM_MESSAGE(DTMM_FILTERLET_SHIFT, "a shift is not in -31 to 30");
    DTMM_MESSAGE(DTMM_FILTERLET_ACCUMULATOR, "an accumulator can overflow 32 bits");
    default:
      return DTMM_FILTERLET_CONV_2D_NAME ": unknown status";
  }
#undef DTMM_MESSAGE
}
