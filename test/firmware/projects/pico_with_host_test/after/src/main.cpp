#include <cstdio>

#include "pico/stdlib.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
#include "model_data.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

namespace {
constexpr int kArenaBytes = 48 * 1024;
alignas(16) uint8_t arena[kArenaBytes];
}  // namespace

int main() {
  stdio_init_all();

  static tflite::MicroMutableOpResolver</*dtmm:was 5 +1*/6> resolver;
  resolver.AddAveragePool2D();
  resolver.AddConv2D();
  resolver.AddDepthwiseConv2D();
  resolver.AddReshape();
  resolver.AddSoftmax();
  // dtmm:begin register sha256:065916797541
  resolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
  // dtmm:end register

  static tflite::MicroInterpreter interpreter(tflite::GetModel(g_model), resolver, arena, kArenaBytes);
  if (interpreter.AllocateTensors() != kTfLiteOk) return 1;
  for (;;) interpreter.Invoke();
}
