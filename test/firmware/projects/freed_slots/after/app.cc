#include "dtmm_block_fully_connected.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

void Setup() {
  static tflite::MicroMutableOpResolver</*dtmm:was 4 -1*/3> ops;
  /*dtmm:drop b01619f5f6b5 ops.AddConv2D();*/
  /*dtmm:drop 4772ff685188 ops.AddFullyConnected();*/
  ops.AddSoftmax();
  ops.AddCustom(dtmm::kBlockFullyConnectedName, dtmm::RegisterBlockFullyConnected());
  // dtmm:begin register sha256:7c6c2cd327fa
  ops.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
  // dtmm:end register
  Run(ops);
}
