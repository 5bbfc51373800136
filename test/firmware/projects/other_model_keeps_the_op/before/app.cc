#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

void Setup() {
  static tflite::MicroMutableOpResolver<2> ops;
  (void)ops.AddConv2D();
  (void)ops.AddSoftmax();
  Run(ops);
}
