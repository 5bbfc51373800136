#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#ifdef ESP_PLATFORM
#include "esp_log.h"
#endif

void Setup() {
  static tflite::MicroMutableOpResolver<3> resolver;
  resolver.AddConv2D();
#if defined(WITH_POOLING)
  resolver.AddMaxPool2D();
#else
  resolver.AddAveragePool2D();
#endif
  Run(resolver);
}
