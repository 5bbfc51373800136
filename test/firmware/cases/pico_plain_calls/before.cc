// Keyword spotting on a Raspberry Pi Pico.
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
  const tflite::Model* model = tflite::GetModel(g_model);

  static tflite::MicroMutableOpResolver<4> resolver;
  resolver.AddConv2D();
  resolver.AddMaxPool2D();
  resolver.AddFullyConnected();
  resolver.AddSoftmax();  // last layer

  static tflite::MicroInterpreter interpreter(model, resolver, arena, kArenaBytes);
  if (interpreter.AllocateTensors() != kTfLiteOk) {
    printf("arena too small\n");
    return 1;
  }
  while (true) {
    interpreter.Invoke();
  }
}
