#include "ops.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

TfLiteStatus RegisterOps(tflite::MicroMutableOpResolver</*dtmm:was 3 +1*/4>& ops) {
  TF_LITE_ENSURE_STATUS(ops.AddConv2D());
  TF_LITE_ENSURE_STATUS(ops.AddAdd());
  // dtmm:begin register sha256:34aa96ceb753
  TF_LITE_ENSURE_STATUS(ops.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D()));
  // dtmm:end register
  return ops.AddSoftmax();
}
