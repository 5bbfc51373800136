#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

namespace app {
using KeywordOpResolver = MicroMutableOpResolver<3>;

uint8_t op_resolver_buffer[sizeof(KeywordOpResolver)];

Runner* CreateRunner() {
  KeywordOpResolver* op_resolver = new (op_resolver_buffer) KeywordOpResolver();
  op_resolver->AddFullyConnected(tflite::Register_FULLY_CONNECTED_INT8());
  op_resolver->AddQuantize();
  op_resolver->AddSvdf(tflite::Register_SVDF_INT8());

  return new Runner(op_resolver);
}
}  // namespace app
