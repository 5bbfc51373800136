#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

static tflite::MicroMutableOpResolver</*dtmm:was 3 +1*/4> resolver;

static TfLiteStatus RegisterOps() {
  TF_LITE_ENSURE_STATUS(resolver.AddConv2D());
  TF_LITE_ENSURE_STATUS(resolver.AddAveragePool2D());
  // Softmax comes last.
  // dtmm:begin register sha256:3b26b31d1f25
  TF_LITE_ENSURE_STATUS(resolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D()));
  // dtmm:end register
  return resolver.AddSoftmax();
}
