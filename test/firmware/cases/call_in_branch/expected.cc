#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

void Setup(bool pooled) {
  static tflite::MicroMutableOpResolver</*dtmm:was 2 +1*/3> resolver;
  resolver.AddConv2D();
  if (pooled) {
    resolver.AddMaxPool2D();
  }
  // dtmm:begin register sha256:065916797541
  resolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
  // dtmm:end register
  Run(resolver);
}
