#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

void SetupDetector() {
  static tflite::MicroMutableOpResolver<2> ops;
  ops.AddConv2D();
  ops.AddLogistic();
  RunDetector(ops);
}

void SetupClassifier() {
  static tflite::MicroMutableOpResolver</*dtmm:was 3 +1*/4> ops;
  ops.AddConv2D();
  ops.AddLogistic();
  ops.AddSoftmax();
  // dtmm:begin register sha256:7c6c2cd327fa
  ops.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
  // dtmm:end register
  RunClassifier(ops);
}
