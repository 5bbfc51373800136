#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

void Setup() {
#ifdef ETHOS_U
  tflite::MicroMutableOpResolver<1> resolver;
  resolver.AddEthosU();

#else
  tflite::MicroMutableOpResolver<3> resolver;
  resolver.AddAveragePool2D(tflite::Register_AVERAGE_POOL_2D_INT8());
  resolver.AddConv2D(tflite::Register_CONV_2D_INT8());
  resolver.AddSoftmax(tflite::Register_SOFTMAX_INT8());

#endif
  Run(resolver);
}
