#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

void SetupDetector() {
  static tflite::MicroMutableOpResolver<2> ops;
  ops.AddConv2D();
  ops.AddLogistic();
  RunDetector(ops);
}

void SetupClassifier() {
  static tflite::MicroMutableOpResolver<3> ops;
  ops.AddConv2D();
  ops.AddLogistic();
  ops.AddSoftmax();
  RunClassifier(ops);
}
