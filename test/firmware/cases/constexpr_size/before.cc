#include <cstdint>
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

namespace app {
constexpr int kNumberOfOps = 2;

tflite::MicroMutableOpResolver<kNumberOfOps>& Resolver() {
  static tflite::MicroMutableOpResolver<kNumberOfOps> resolver;
  static bool ready = false;
  if (!ready) {
    resolver.AddConv2D();
    resolver.AddFullyConnected();
    ready = true;
  }
  return resolver;
}
}  // namespace app
