// An op resolver with every operator of the TFLM tree and DTMM's own.
#pragma once

#include "interpreter_bridge.h"

namespace dtmm {

const bridge::Resolver& AllOps();

// Operators that the tree itself registered.
int TreeOperatorCount();

}  // namespace dtmm
