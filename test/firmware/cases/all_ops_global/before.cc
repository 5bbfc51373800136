#include "tensorflow/lite/micro/all_ops_resolver.h"

tflite::AllOpsResolver resolver;

void setup() {
  Serial.begin(115200);
  static tflite::MicroInterpreter interpreter(model, resolver, arena, kArenaBytes, reporter);
}
