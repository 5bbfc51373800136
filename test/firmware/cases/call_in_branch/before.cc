#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

void Setup(bool pooled) {
  static tflite::MicroMutableOpResolver<2> resolver;
  resolver.AddConv2D();
  if (pooled) {
    resolver.AddMaxPool2D();
  }
  Run(resolver);
}
