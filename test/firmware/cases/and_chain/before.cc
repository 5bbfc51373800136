#include "mbed.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

static tflite::MicroMutableOpResolver<2> resolver;

bool AddOps() {
  if (resolver.AddConv2D() != kTfLiteOk && resolver.AddSoftmax() != kTfLiteOk) return false;
  return true;
}
