#include "ops.h"
#include "tensorflow/lite/micro/micro_interpreter.h"

int main() {
  tflite::MicroMutableOpResolver<3> ops;
  if (RegisterOps(ops) != kTfLiteOk) return 1;
  return Run(ops);
}
