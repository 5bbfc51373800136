#include "Engine.h"

bool Engine::init() {
  resolver = new tflite::MicroMutableOpResolver<2>();
  resolver->AddConv2D();
  resolver->AddTanh();
  return true;
}
