#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

void Setup() {
  static tflite::MicroMutableOpResolver</*dtmm:was 2 +1*/3> ops;
  (void)ops.AddConv2D();
  (void)ops.AddSoftmax();
  // dtmm:begin register sha256:964c0a021bf8
  (void)ops.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
  // dtmm:end register
  Run(ops);
}
