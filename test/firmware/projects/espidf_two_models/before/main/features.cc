#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
#include "features_model.h"

namespace {
using FeatureOps = tflite::MicroMutableOpResolver<4>;
}  // namespace

TfLiteStatus RegisterOps(FeatureOps& ops) {
  TF_LITE_ENSURE_STATUS(ops.AddReshape());
  TF_LITE_ENSURE_STATUS(ops.AddMul());
  TF_LITE_ENSURE_STATUS(ops.AddFullyConnected());
  TF_LITE_ENSURE_STATUS(ops.AddLog());
  return kTfLiteOk;
}
