#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "ops.h"

int main() {
  static tflite::MicroMutableOpResolver</*dtmm:was 2 +1*/3> resolver;
  Fill(items);
  return RegisterOps(resolver) == kTfLiteOk ? Run(resolver) : 1;
}
