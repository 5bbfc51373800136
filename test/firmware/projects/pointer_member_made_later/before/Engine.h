#pragma once
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

struct Engine {
  bool init();
  tflite::MicroMutableOpResolver<2>* resolver = nullptr;
};
