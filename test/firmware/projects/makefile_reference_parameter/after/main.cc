#include "ops.h"
#include "tensorflow/lite/micro/micro_interpreter.h"

int main() {
  tflite::MicroMutableOpResolver</*dtmm:was 3 +1*/4> ops;
  if (RegisterOps(ops) != kTfLiteOk) return 1;
  return Run(ops);
}
