#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

void Setup() {
#ifdef WITH_NN
  static tflite::MicroMutableOpResolver<1> resolver;
  resolver.AddConv2D();
  Run(resolver);
#endif
}
