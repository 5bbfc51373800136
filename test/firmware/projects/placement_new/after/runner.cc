#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
// dtmm:begin include sha256:821e71bedfed
#include "dtmm_block_fully_connected.h"
// dtmm:end include

namespace app {
using KeywordOpResolver = MicroMutableOpResolver</*dtmm:was 3 +1*/4>;

uint8_t op_resolver_buffer[sizeof(KeywordOpResolver)];

Runner* CreateRunner() {
  KeywordOpResolver* op_resolver = new (op_resolver_buffer) KeywordOpResolver();
  op_resolver->AddFullyConnected(tflite::Register_FULLY_CONNECTED_INT8());
  op_resolver->AddQuantize();
  op_resolver->AddSvdf(tflite::Register_SVDF_INT8());
  // dtmm:begin register sha256:6a8f9fe08e06
  op_resolver->AddCustom(dtmm::kBlockFullyConnectedName, dtmm::RegisterBlockFullyConnected());
  // dtmm:end register

  return new Runner(op_resolver);
}
}  // namespace app
