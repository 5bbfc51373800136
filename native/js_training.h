// The one training of this process, and gradients by labels; the requests are those of
// lib/native/addon-types.ts.
#pragma once

#include <napi.h>

namespace dtmm {
namespace js {

Napi::Value LabelGradients(const Napi::Object& request);
Napi::Value OpenTraining(const Napi::Object& request);
Napi::Value Train(const Napi::Object& request);
Napi::Value JudgeTraining(const Napi::Object& request);
Napi::Value SaveTraining(const Napi::Object& request);
Napi::Value RestoreTraining(const Napi::Object& request);
Napi::Value CloseTraining(const Napi::Object& request);

}  // namespace js
}  // namespace dtmm
