#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
tflite::MicroMutableOpResolver<1> resolver;
void Setup() { resolver.AddConv2D(); }