#pragma once

#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

class Network {
 public:
  TfLiteStatus Init();
  TfLiteStatus Run(const int8_t* image, int8_t* scores);

 private:
  static constexpr int kOps = 3;
  tflite::MicroMutableOpResolver<kOps> resolver_;
  tflite::MicroInterpreter* interpreter_ = nullptr;
};
