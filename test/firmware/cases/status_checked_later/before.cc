#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

bool Setup() {
  static tflite::MicroMutableOpResolver<2> resolver;
  TfLiteStatus status = resolver.AddConv2D();
  if (status != kTfLiteOk) {
    return false;
  }
  status = resolver.AddSoftmax();
  if (status != kTfLiteOk) {
    printf("Softmax: %d\n", status);
    return false;
  }
  return true;
}
