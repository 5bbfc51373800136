#include "tensorflow/lite/micro/kernels/all_ops_resolver.h"
#include "tensorflow/lite/micro/micro_interpreter.h"

void setup() {
  // Every op there is.
  static tflite::ops::micro::AllOpsResolver resolver;
  static tflite::MicroInterpreter interpreter(model, resolver, arena, kArenaBytes, reporter);
}
