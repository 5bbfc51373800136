#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

void Setup() {
  static tflite::MicroMutableOpResolver<2> ops;
#ifdef CMSIS_NN
  ops.AddConv2D(tflite::Register_CONV_2D_INT8());
#else
  ops.AddConv2D();
#endif
  ops.AddSoftmax();
  Run(ops);
}
