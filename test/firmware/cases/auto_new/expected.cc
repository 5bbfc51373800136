#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

void Start() {
  auto* resolver = new tflite::MicroMutableOpResolver</*dtmm:was 2 +1*/3>();
  (void)resolver->AddConv2D();
  (void)(*resolver).AddSoftmax();
  // dtmm:begin register sha256:f39ce089e7a5
  (void)(*resolver).AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
  // dtmm:end register
  Launch(resolver);
}
