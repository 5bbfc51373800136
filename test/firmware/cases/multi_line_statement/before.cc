#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

static tflite::MicroMutableOpResolver<8> ops;

bool Setup() {
  if (ops.AddConv2D(
          tflite::Register_CONV_2D_INT8()) !=
      kTfLiteOk) /* no room */ return false; /* a comment
      over two lines */
  return true;
}
