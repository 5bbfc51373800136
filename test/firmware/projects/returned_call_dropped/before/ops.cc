#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

tflite::MicroMutableOpResolver<2> g_ops;

TfLiteStatus RegisterOps() {
  TF_LITE_ENSURE_STATUS(g_ops.AddDepthwiseConv2D());
  return g_ops.AddConv2D(tflite::Register_CONV_2D_INT8());
}
