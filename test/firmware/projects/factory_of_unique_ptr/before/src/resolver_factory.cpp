#include "resolver_factory.hpp"

#include <memory>

std::unique_ptr<tflite::MicroOpResolver> MakeResolver() {
  auto resolver = std::make_unique<tflite::MicroMutableOpResolver<2>>();
  if (resolver->AddConv2D() != kTfLiteOk || resolver->AddSoftmax() != kTfLiteOk) return nullptr;
  return resolver;
}
