#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

void RegisterOps(tflite::MicroMutableOpResolver<5>& ops) {
  ops.AddConv2D();
}
