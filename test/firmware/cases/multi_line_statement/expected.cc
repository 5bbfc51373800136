#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

static tflite::MicroMutableOpResolver</*dtmm:was 8 +1*/9> ops;

bool Setup() {
  if (ops.AddConv2D(
          tflite::Register_CONV_2D_INT8()) !=
      kTfLiteOk) /* no room */ return false; /* a comment
      over two lines */
  // dtmm:begin register sha256:fde2ea18a5bd
  if (ops.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D()) !=
      kTfLiteOk) /* no room */ return false;
  // dtmm:end register
  return true;
}
