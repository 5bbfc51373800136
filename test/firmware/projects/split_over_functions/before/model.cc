#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

namespace {
tflite::MicroMutableOpResolver<4> ops;

void AddBackbone() {
  ops.AddConv2D();
  ops.AddReshape();
}

void AddHead() {
  ops.AddFullyConnected();
  ops.AddSoftmax();
}
}  // namespace

void Setup() {
  AddBackbone();
  AddHead();
  Run(ops);
}
