#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

void Setup() {
  static tflite::MicroMutableOpResolver</*dtmm:was 1 +1*/2> vision;
  static tflite::MicroMutableOpResolver<2> audio;
  vision.AddConv2D();
  // dtmm:begin register sha256:7420e53931ec
  vision.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
  // dtmm:end register
  audio.AddSoftmax();
}
