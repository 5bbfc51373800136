#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

static tflite::MicroMutableOpResolver</*dtmm:was 2 +1*/3> ops;

void AddSmall() { ops.AddConv2D();
// dtmm:begin register sha256:7c6c2cd327fa joined
ops.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
// dtmm:end register
 }
void AddLarge() { ops.AddConv2D(); ops.AddSoftmax();
// dtmm:begin register sha256:7c6c2cd327fa joined
ops.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
// dtmm:end register
 }
