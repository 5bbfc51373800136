#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
// dtmm:begin include sha256:821e71bedfed
#include "dtmm_block_fully_connected.h"
// dtmm:end include

static tflite::MicroMutableOpResolver</*dtmm:was 2 +1*/3>& Resolver() {
  static tflite::MicroMutableOpResolver</*dtmm:was 2 +1*/3> resolver;
  return resolver;
}

void nn_setup() {
  Resolver().AddFullyConnected();
  Resolver().AddLogistic();
  // dtmm:begin register sha256:480b4eba6435
  Resolver().AddCustom(dtmm::kBlockFullyConnectedName, dtmm::RegisterBlockFullyConnected());
  // dtmm:end register
}
