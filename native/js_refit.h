// The one refit pass of this process; the requests are those of lib/native/addon-types.ts.
#pragma once

#include <napi.h>

namespace dtmm {
namespace js {

Napi::Value OpenRefit(const Napi::Object& request);
Napi::Value RestartRefit(const Napi::Object& request);
Napi::Value CollectRefit(const Napi::Object& request);
Napi::Value SetRefitLayer(const Napi::Object& request);
Napi::Value RefitGradients(const Napi::Object& request);
Napi::Value CloseRefit(const Napi::Object& request);

}  // namespace js
}  // namespace dtmm
