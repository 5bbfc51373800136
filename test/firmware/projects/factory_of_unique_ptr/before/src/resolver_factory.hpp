#pragma once
#include <memory>

#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

std::unique_ptr<tflite::MicroOpResolver> MakeResolver();
