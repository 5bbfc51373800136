#include "dtmm_block_fully_connected.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

void Setup() {
  static tflite::MicroMutableOpResolver<4> ops;
  ops.AddConv2D();
  ops.AddFullyConnected();
  ops.AddSoftmax();
  ops.AddCustom(dtmm::kBlockFullyConnectedName, dtmm::RegisterBlockFullyConnected());
  Run(ops);
}
