#pragma once
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

template <unsigned int N>
TfLiteStatus RegisterOps(tflite::MicroMutableOpResolver<N>& ops) {
  TF_LITE_ENSURE_STATUS(ops.AddConv2D());
  TF_LITE_ENSURE_STATUS(ops.AddPad());
  TF_LITE_ENSURE_STATUS(ops.AddSoftmax());
  // dtmm:begin register sha256:34aa96ceb753
  TF_LITE_ENSURE_STATUS(ops.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D()));
  // dtmm:end register
  return kTfLiteOk;
}
