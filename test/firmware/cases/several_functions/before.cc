#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

static tflite::MicroMutableOpResolver<2> ops;

void AddSmall() { ops.AddConv2D(); }
void AddLarge() { ops.AddConv2D(); ops.AddSoftmax(); }
