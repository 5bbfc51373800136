#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

tflite::MicroMutableOpResolver</*dtmm:was 1 +1*/2> resolver;

TfLiteStatus RegisterOps() { 
// dtmm:begin register sha256:0c1a29ef9d2c joined
if (resolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D()) != kTfLiteOk) return kTfLiteError;
// dtmm:end register
return resolver.AddConv2D(); }
