#include "resolver_factory.hpp"

#include <memory>
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

std::unique_ptr<tflite::MicroOpResolver> MakeResolver() {
  auto resolver = std::make_unique<tflite::MicroMutableOpResolver</*dtmm:was 2 +1*/3>>();
  if (resolver->AddConv2D() != kTfLiteOk || resolver->AddSoftmax() != kTfLiteOk) return nullptr;
  // dtmm:begin register sha256:bc7b98c686a1
  if (resolver->AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D()) != kTfLiteOk) return nullptr;
  // dtmm:end register
  return resolver;
}
