#pragma once

#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

class Classifier {
 public:
  bool Begin() {
    static_cast<void>(resolver_.AddConv2D());
    static_cast<void>(this->resolver_.AddSoftmax());
    // dtmm:begin register sha256:6c5bed17e9b3
    static_cast<void>(this->resolver_.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D()));
    // dtmm:end register
    return interpreter_ != nullptr;
  }

 private:
  tflite::MicroMutableOpResolver</*dtmm:was (1 + 1) +1*/((1 + 1)) + 1> resolver_;
  tflite::MicroInterpreter* interpreter_ = nullptr;
};
