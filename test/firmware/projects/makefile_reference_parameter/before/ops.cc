#include "ops.h"

TfLiteStatus RegisterOps(tflite::MicroMutableOpResolver<3>& ops) {
  TF_LITE_ENSURE_STATUS(ops.AddConv2D());
  TF_LITE_ENSURE_STATUS(ops.AddAdd());
  return ops.AddSoftmax();
}
