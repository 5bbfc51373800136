#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

void Setup() {
  static tflite::MicroMutableOpResolver<2> ops;
  do {
    if (ops.AddConv2D() != kTfLiteOk) break;
    if (ops.AddSoftmax() != kTfLiteOk) break;
  } while (false);
  Run(ops);
}
