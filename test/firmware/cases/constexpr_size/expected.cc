#include <cstdint>
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

namespace app {
constexpr int kNumberOfOps = 2;

tflite::MicroMutableOpResolver</*dtmm:was kNumberOfOps +1*/kNumberOfOps + 1>& Resolver() {
  static tflite::MicroMutableOpResolver</*dtmm:was kNumberOfOps +1*/kNumberOfOps + 1> resolver;
  static bool ready = false;
  if (!ready) {
    resolver.AddConv2D();
    resolver.AddFullyConnected();
    ready = true;
  }
  // dtmm:begin register sha256:065916797541
  resolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
  // dtmm:end register
  return resolver;
}
}  // namespace app
