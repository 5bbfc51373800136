#pragma once
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

struct Engine {
  bool init();
  tflite::MicroMutableOpResolver</*dtmm:was 2 +1*/3>* resolver = nullptr;
};
