#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

void Setup() {
  static tflite::MicroMutableOpResolver</*dtmm:was 2 +1*/3> ops;
#ifdef CMSIS_NN
  /*dtmm:drop 99f82ebef5ee ops.AddConv2D(tflite::Register_CONV_2D_INT8());*/
#else
  /*dtmm:drop b01619f5f6b5 ops.AddConv2D();*/
#endif
  ops.AddSoftmax();
  // dtmm:begin register sha256:7c6c2cd327fa
  ops.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
  // dtmm:end register
  Run(ops);
}
