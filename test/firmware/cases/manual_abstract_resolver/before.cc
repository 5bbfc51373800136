#include "tensorflow/lite/micro/micro_op_resolver.h"

// Takes what a MicroMutableOpResolver elsewhere has registered.
void Run(const tflite::MicroOpResolver& resolver);
