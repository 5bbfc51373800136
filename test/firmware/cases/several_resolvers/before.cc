#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

void Setup() {
  static tflite::MicroMutableOpResolver<1> vision;
  static tflite::MicroMutableOpResolver<2> audio;
  vision.AddConv2D();
  audio.AddSoftmax();
}
