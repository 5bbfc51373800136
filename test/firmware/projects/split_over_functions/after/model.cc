#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
// dtmm:begin include sha256:010dc7f497e7
#include "dtmm_filterlet_conv_2d.h"
#include "dtmm_block_fully_connected.h"
// dtmm:end include

namespace {
tflite::MicroMutableOpResolver<4> ops;

void AddBackbone() {
  /*dtmm:drop b01619f5f6b5 ops.AddConv2D();*/
  ops.AddReshape();
  // dtmm:begin register sha256:7c6c2cd327fa
  ops.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
  // dtmm:end register
}

void AddHead() {
  /*dtmm:drop 4772ff685188 ops.AddFullyConnected();*/
  ops.AddSoftmax();
  // dtmm:begin register sha256:32508047ed38
  ops.AddCustom(dtmm::kBlockFullyConnectedName, dtmm::RegisterBlockFullyConnected());
  // dtmm:end register
}
}  // namespace

void Setup() {
  AddBackbone();
  AddHead();
  Run(ops);
}
