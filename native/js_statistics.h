// The statistics session as JavaScript sees it.
#pragma once

#include <napi.h>

namespace dtmm {
namespace js {

Napi::Value OpenStatistics(const Napi::Object& request);
Napi::Value AddStatistics(const Napi::Object& request);
Napi::Value CloseStatistics(const Napi::Object& request);

}  // namespace js
}  // namespace dtmm
