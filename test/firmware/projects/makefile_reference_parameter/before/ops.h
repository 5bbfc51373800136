#pragma once
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

TfLiteStatus RegisterOps(tflite::MicroMutableOpResolver<3>& ops);
