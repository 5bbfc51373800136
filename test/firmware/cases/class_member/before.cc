#pragma once

#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

class Classifier {
 public:
  bool Begin() {
    static_cast<void>(resolver_.AddConv2D());
    static_cast<void>(this->resolver_.AddSoftmax());
    return interpreter_ != nullptr;
  }

 private:
  tflite::MicroMutableOpResolver<(1 + 1)> resolver_;
  tflite::MicroInterpreter* interpreter_ = nullptr;
};
