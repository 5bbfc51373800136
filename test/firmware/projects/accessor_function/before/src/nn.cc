#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

static tflite::MicroMutableOpResolver<2>& Resolver() {
  static tflite::MicroMutableOpResolver<2> resolver;
  return resolver;
}

void nn_setup() {
  Resolver().AddFullyConnected();
  Resolver().AddLogistic();
}
