// The operators of the gesture model.
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include
void registerOps() {
  opResolver.AddConv2D();
  opResolver.AddFullyConnected();
  opResolver.AddSoftmax();
  // dtmm:begin register sha256:218bf630ae7a
  opResolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
  // dtmm:end register
}
