#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

struct Engine {
  bool Init();
  tflite::MicroMutableOpResolver</*dtmm:was 2 +1*/3> resolver;
};

bool Engine::Init() {
  // dtmm:begin register sha256:2b7452993ba8
  if (resolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D()) != kTfLiteOk) return false;
  // dtmm:end register
  return resolver.AddConv2D() == kTfLiteOk && resolver.AddSoftmax() == kTfLiteOk;
}
