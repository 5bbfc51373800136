#include "tensorflow/lite/micro/all_ops_resolver.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

tflite::AllOpsResolver resolver;

void setup() {
  Serial.begin(115200);
  // dtmm:begin register sha256:065916797541
  resolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
  // dtmm:end register
  static tflite::MicroInterpreter interpreter(model, resolver, arena, kArenaBytes, reporter);
}
