// Removal curves and masked weights of one layer; the requests are those of lib/native/addon-types.ts.
#pragma once

#include <napi.h>

namespace dtmm {
namespace js {

Napi::Value RemoveGroupsOf(const Napi::Object& request);
Napi::Value SolveMaskedOf(const Napi::Object& request);

}  // namespace js
}  // namespace dtmm
