#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

void Setup() {
  static tflite::MicroMutableOpResolver</*dtmm:was 1 +1*/2> ops;
  ops.AddConv2D();
  // dtmm:begin register sha256:7c6c2cd327fa
  ops.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
  // dtmm:end register
  Run(ops);
}
