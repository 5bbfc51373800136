#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_op_resolver.h"

TfLiteStatus Run(const tflite::MicroOpResolver& ops, uint8_t* arena, size_t bytes) {
  tflite::MicroInterpreter interpreter(tflite::GetModel(g_model), ops, arena, bytes);
  return interpreter.AllocateTensors();
}
