#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

extern tflite::MicroMutableOpResolver<5> ops;

void Run() { Launch(ops); }
