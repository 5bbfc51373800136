#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

#define NUM_OPS 3 /* conv, pool, softmax */

typedef tflite::MicroMutableOpResolver<NUM_OPS> OpResolver;

static OpResolver op_resolver;

extern "C" int nn_init(void) {
    int failed = 0;
    failed |= op_resolver.AddConv2D();
    failed |= op_resolver.AddMaxPool2D();
    failed |= op_resolver.AddSoftmax();
    return failed;
}
