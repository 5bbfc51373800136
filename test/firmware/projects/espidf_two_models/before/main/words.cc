#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
#include "words_model.h"

void words_setup() {
  static tflite::MicroMutableOpResolver<4> ops;
  if (ops.AddDepthwiseConv2D() != kTfLiteOk) {
    return;
  }
  if (ops.AddFullyConnected() != kTfLiteOk) {
    return;
  }
  if (ops.AddSoftmax() != kTfLiteOk) {
    return;
  }
  if (ops.AddReshape() != kTfLiteOk) {
    return;
  }
  words_start(ops);
}
