#pragma once
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

TfLiteStatus RegisterOps(tflite::MicroMutableOpResolver</*dtmm:was 3 +1*/4>& ops);
