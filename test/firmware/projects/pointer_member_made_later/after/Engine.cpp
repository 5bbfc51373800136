#include "Engine.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

bool Engine::init() {
  resolver = new tflite::MicroMutableOpResolver</*dtmm:was 2 +1*/3>();
  resolver->AddConv2D();
  resolver->AddTanh();
  // dtmm:begin register sha256:02eaf22362bd
  resolver->AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
  // dtmm:end register
  return true;
}
