#include "dtmm_filterlet_conv_2d.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

void Setup() {
  static tflite::MicroMutableOpResolver<2> resolver;
  resolver.AddSoftmax();
  resolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
}
