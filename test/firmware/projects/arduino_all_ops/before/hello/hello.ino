#include <TensorFlowLite.h>

#include "tensorflow/lite/micro/all_ops_resolver.h"
#include "tensorflow/lite/micro/micro_error_reporter.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "model.h"

tflite::MicroErrorReporter reporter;
tflite::AllOpsResolver resolver;
constexpr int kArenaBytes = 8 * 1024;
byte arena[kArenaBytes] __attribute__((aligned(16)));

void setup() {
  Serial.begin(115200);
  const tflite::Model* model = tflite::GetModel(g_model);
  static tflite::MicroInterpreter interpreter(model, resolver, arena, kArenaBytes, &reporter);
  interpreter.AllocateTensors();
}

void loop() {}
