#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

tflite::MicroMutableOpResolver<1> resolver;

TfLiteStatus RegisterOps() { return resolver.AddConv2D(); }
