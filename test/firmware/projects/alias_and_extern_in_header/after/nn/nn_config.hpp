#pragma once

#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

namespace nn {
constexpr unsigned kMaxOps = 4;
using OpResolver = tflite::MicroMutableOpResolver</*dtmm:was kMaxOps +1*/kMaxOps + 1>;
extern OpResolver op_resolver;
}  // namespace nn
