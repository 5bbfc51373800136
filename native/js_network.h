// Reads a network from the plain object that lib/network-plan.ts makes of a model.
#pragma once

#include <napi.h>

#include "network/network.h"

namespace dtmm {
namespace js {

Network ReadNetwork(const Napi::Object& object);

}  // namespace js
}  // namespace dtmm
