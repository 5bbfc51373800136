#include "mbed.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

static tflite::MicroMutableOpResolver<2> resolver;

bool nn_init() {
    return resolver.AddConv2D() == kTfLiteOk && resolver.AddRelu6() == kTfLiteOk;
}
