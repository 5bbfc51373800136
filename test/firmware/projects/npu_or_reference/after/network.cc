#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

void Setup() {
#ifdef ETHOS_U
  tflite::MicroMutableOpResolver<1> resolver;
  resolver.AddEthosU();

#else
  tflite::MicroMutableOpResolver</*dtmm:was 3 +1*/4> resolver;
  resolver.AddAveragePool2D(tflite::Register_AVERAGE_POOL_2D_INT8());
  resolver.AddConv2D(tflite::Register_CONV_2D_INT8());
  resolver.AddSoftmax(tflite::Register_SOFTMAX_INT8());
  // dtmm:begin register sha256:065916797541
  resolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
  // dtmm:end register

#endif
  Run(resolver);
}
