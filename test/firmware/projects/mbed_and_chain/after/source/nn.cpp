#include "mbed.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

static tflite::MicroMutableOpResolver</*dtmm:was 2 +1*/3> resolver;

bool nn_init() {
    // dtmm:begin register sha256:2b7452993ba8
    if (resolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D()) != kTfLiteOk) return false;
    // dtmm:end register
    return /*dtmm:drop-call 91e2dcc4cef2 resolver.AddConv2D()*/kTfLiteOk == kTfLiteOk && resolver.AddRelu6() == kTfLiteOk;
}
