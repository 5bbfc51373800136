#ifndef APP_NN_H_
#define APP_NN_H_

#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

inline auto& GetResolver() {
  static tflite::MicroMutableOpResolver</*dtmm:was 2 +1*/3> resolver = [] {
    tflite::MicroMutableOpResolver</*dtmm:was 2 +1*/3> made;
    made.AddConv2D();
    made.AddSoftmax();
    // dtmm:begin register sha256:ce9622d0da9d
    made.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
    // dtmm:end register
    return made;
  }();
  return resolver;
}

#include "nn_tail.h"

#endif  // APP_NN_H_
