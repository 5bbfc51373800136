// Everything comes from the board's prefix header.

// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include
tflite::MicroMutableOpResolver</*dtmm:was 1 +1*/2> resolver;

void setup() {
  resolver.AddConv2D();
  // dtmm:begin register sha256:065916797541
  resolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
  // dtmm:end register
}
