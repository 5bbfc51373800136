#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
#include "model.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

namespace {
using HelloOpResolver = tflite::MicroMutableOpResolver</*dtmm:was 2 +1*/3>;

TfLiteStatus RegisterOps(HelloOpResolver& op_resolver) {
  TF_LITE_ENSURE_STATUS(op_resolver.AddConv2D());
  TF_LITE_ENSURE_STATUS(op_resolver.AddFullyConnected());
  // dtmm:begin register sha256:2b7ed3128f15
  TF_LITE_ENSURE_STATUS(op_resolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D()));
  // dtmm:end register
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
