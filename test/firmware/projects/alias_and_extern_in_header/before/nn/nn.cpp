#include "nn_config.hpp"

namespace nn {
OpResolver op_resolver;
}
