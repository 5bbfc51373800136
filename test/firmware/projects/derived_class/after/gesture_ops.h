#pragma once
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

class GestureOps : public tflite::MicroMutableOpResolver</*dtmm:was 3 +1*/4> {
 public:
  GestureOps() {
    AddConv2D();
    AddMean();
    AddSoftmax();
    // dtmm:begin register sha256:6d43d9e8812d
    AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
    // dtmm:end register
  }
};
