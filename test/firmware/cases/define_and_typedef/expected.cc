#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

#define NUM_OPS 3 /* conv, pool, softmax */

typedef tflite::MicroMutableOpResolver</*dtmm:was NUM_OPS +1*/NUM_OPS + 1> OpResolver;

static OpResolver op_resolver;

extern "C" int nn_init(void) {
    int failed = 0;
    failed |= op_resolver.AddConv2D();
    failed |= op_resolver.AddMaxPool2D();
    failed |= op_resolver.AddSoftmax();
    // dtmm:begin register sha256:b9f0db30dca5
    failed |= op_resolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
    // dtmm:end register
    return failed;
}
