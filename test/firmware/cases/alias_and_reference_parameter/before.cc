#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
#include "model.h"

namespace {
using HelloOpResolver = tflite::MicroMutableOpResolver<2>;

TfLiteStatus RegisterOps(HelloOpResolver& op_resolver) {
  TF_LITE_ENSURE_STATUS(op_resolver.AddConv2D());
  TF_LITE_ENSURE_STATUS(op_resolver.AddFullyConnected());
  return kTfLiteOk;
}
}  // namespace

TfLiteStatus Run() {
  HelloOpResolver op_resolver;
  TF_LITE_ENSURE_STATUS(RegisterOps(op_resolver));
  tflite::MicroInterpreter interpreter(tflite::GetModel(g_model), op_resolver, g_arena, g_arena_bytes);
  TF_LITE_ENSURE_STATUS(interpreter.AllocateTensors());
  return interpreter.Invoke();
}
