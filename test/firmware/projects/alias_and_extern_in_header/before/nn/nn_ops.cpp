#include "nn_config.hpp"

namespace nn {
int RegisterAll() {
  int status = 0;
  status |= op_resolver.AddConv2D();
  status |= op_resolver.AddRelu();
  status |= op_resolver.AddReshape();
  status |= op_resolver.AddFullyConnected();
  return status;
}
}  // namespace nn
