#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
#include "words_model.h"
// dtmm:begin include sha256:821e71bedfed
#include "dtmm_block_fully_connected.h"
// dtmm:end include

void words_setup() {
  static tflite::MicroMutableOpResolver</*dtmm:was 4 +1*/5> ops;
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
  // dtmm:begin register sha256:5d00a41f620f
  if (ops.AddCustom(dtmm::kBlockFullyConnectedName, dtmm::RegisterBlockFullyConnected()) != kTfLiteOk) {
    return;
  }
  // dtmm:end register
  words_start(ops);
}
