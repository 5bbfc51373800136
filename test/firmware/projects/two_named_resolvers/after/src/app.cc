#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

void SetupDetector() {
  static tflite::MicroMutableOpResolver</*dtmm:was 2 +1*/3> detector;
  detector.AddConv2D();
  detector.AddLogistic();
  // dtmm:begin register sha256:75672ec6925c
  detector.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
  // dtmm:end register
  RunDetector(detector);
}

void SetupClassifier() {
  static tflite::MicroMutableOpResolver</*dtmm:was 3 +1*/4> classifier;
  classifier.AddConv2D();
  classifier.AddLogistic();
  classifier.AddSoftmax();
  // dtmm:begin register sha256:e62d05e61be2
  classifier.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
  // dtmm:end register
  RunClassifier(classifier);
}
