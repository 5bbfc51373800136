#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

struct Engine {
  bool Init();
  tflite::MicroMutableOpResolver<2> resolver;
};

bool Engine::Init() {
  return resolver.AddConv2D() == kTfLiteOk && resolver.AddSoftmax() == kTfLiteOk;
}
