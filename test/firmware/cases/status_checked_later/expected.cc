#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

bool Setup() {
  static tflite::MicroMutableOpResolver</*dtmm:was 2 +1*/3> resolver;
  TfLiteStatus status = resolver.AddConv2D();
  if (status != kTfLiteOk) {
    return false;
  }
  status = resolver.AddSoftmax();
  if (status != kTfLiteOk) {
    printf("Softmax: %d\n", status);
    return false;
  }
  // dtmm:begin register sha256:aab53e59d70b
  status = resolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
  if (status != kTfLiteOk) {
    printf("FilterletConv2D: %d\n", status);
    return false;
  }
  // dtmm:end register
  return true;
}
