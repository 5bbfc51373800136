#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

void Setup() {
  static tflite::MicroMutableOpResolver<1> ops;
  ops.AddConv2D();
  Run(ops);
}
