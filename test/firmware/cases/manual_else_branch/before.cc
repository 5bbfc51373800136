#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

void Setup() {
  tflite::MicroMutableOpResolver<1> ops;
  if (ops.AddConv2D() != kTfLiteOk) {
    Fail();
  } else {
    Run(ops);
  }
}
