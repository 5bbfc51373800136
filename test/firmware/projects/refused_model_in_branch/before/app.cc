#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

void Setup() {
  tflite::MicroMutableOpResolver<1> ops;
  if (ops.AddConv2D() == kTfLiteOk) {
    Run(ops);
  }
}
