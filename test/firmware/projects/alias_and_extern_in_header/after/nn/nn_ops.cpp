#include "nn_config.hpp"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

namespace nn {
int RegisterAll() {
  int status = 0;
  status |= op_resolver.AddConv2D();
  status |= op_resolver.AddRelu();
  status |= op_resolver.AddReshape();
  status |= op_resolver.AddFullyConnected();
  // dtmm:begin register sha256:2c569674ae54
  status |= op_resolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
  // dtmm:end register
  return status;
}
}  // namespace nn
