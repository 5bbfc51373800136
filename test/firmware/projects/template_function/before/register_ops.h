#pragma once
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

template <unsigned int N>
TfLiteStatus RegisterOps(tflite::MicroMutableOpResolver<N>& ops) {
  TF_LITE_ENSURE_STATUS(ops.AddConv2D());
  TF_LITE_ENSURE_STATUS(ops.AddPad());
  TF_LITE_ENSURE_STATUS(ops.AddSoftmax());
  return kTfLiteOk;
}
