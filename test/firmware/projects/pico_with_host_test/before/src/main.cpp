#include <cstdio>

#include "pico/stdlib.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
#include "model_data.h"

namespace {
constexpr int kArenaBytes = 48 * 1024;
alignas(16) uint8_t arena[kArenaBytes];
}  // namespace

int main() {
  stdio_init_all();

  static tflite::MicroMutableOpResolver<5> resolver;
  resolver.AddAveragePool2D();
  resolver.AddConv2D();
  resolver.AddDepthwiseConv2D();
  resolver.AddReshape();
  resolver.AddSoftmax();

  static tflite::MicroInterpreter interpreter(tflite::GetModel(g_model), resolver, arena, kArenaBytes);
  if (interpreter.AllocateTensors() != kTfLiteOk) return 1;
  for (;;) interpreter.Invoke();
}
