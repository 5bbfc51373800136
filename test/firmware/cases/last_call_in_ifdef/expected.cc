#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include
#ifdef ESP_PLATFORM
#include "esp_log.h"
#endif

void Setup() {
  static tflite::MicroMutableOpResolver</*dtmm:was 3 +1*/4> resolver;
  resolver.AddConv2D();
#if defined(WITH_POOLING)
  resolver.AddMaxPool2D();
#else
  resolver.AddAveragePool2D();
#endif
  // dtmm:begin register sha256:065916797541
  resolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
  // dtmm:end register
  Run(resolver);
}
