// What channels are worth; the request is that of lib/native/addon-types.ts.
#pragma once

#include <napi.h>

namespace dtmm {
namespace js {

Napi::Value ChannelIndependenceOf(const Napi::Object& request);

}  // namespace js
}  // namespace dtmm
