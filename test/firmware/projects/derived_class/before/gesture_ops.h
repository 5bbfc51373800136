#pragma once
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

class GestureOps : public tflite::MicroMutableOpResolver<3> {
 public:
  GestureOps() {
    AddConv2D();
    AddMean();
    AddSoftmax();
  }
};
