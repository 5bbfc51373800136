#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

#define REGISTER(op) \
  if (resolver.Add##op() != kTfLiteOk) return false

static tflite::MicroMutableOpResolver<2> resolver;

bool Setup() {
  REGISTER(Conv2D);
  REGISTER(Softmax);
  return true;
}
