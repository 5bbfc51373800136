#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

tflite::MicroMutableOpResolver<2> g_ops;

TfLiteStatus RegisterOps() {
  TF_LITE_ENSURE_STATUS(g_ops.AddDepthwiseConv2D());
  // dtmm:begin register sha256:535a32edb360
  TF_LITE_ENSURE_STATUS(g_ops.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D()));
  // dtmm:end register
  return /*dtmm:drop-call 3b2b9d42b1d8 g_ops.AddConv2D(tflite::Register_CONV_2D_INT8())*/kTfLiteOk;
}
