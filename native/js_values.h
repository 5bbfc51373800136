// Reading plain JavaScript objects into plain C++ values, and back; every mismatch throws a TypeError that
// names the key.
#pragma once

#include <napi.h>

#include <cstdint>
#include <string>
#include <vector>

#include "runs.h"

namespace dtmm {
namespace js {

Napi::Value Get(const Napi::Object& object, const char* key);
double Number(const Napi::Object& object, const char* key);
int Int(const Napi::Object& object, const char* key);
// Non-negative whole numbers: sizes and counts.
size_t Size(const Napi::Object& object, const char* key);
std::string String(const Napi::Object& object, const char* key);
Napi::Object Object(const Napi::Object& object, const char* key);
Napi::Array Array(const Napi::Object& object, const char* key);
std::vector<int> Ints(const Napi::Object& object, const char* key);

// Views into typed arrays; they live as long as the request object.
Bytes ByteView(const Napi::Object& object, const char* key);

template <typename T>
struct View {
  const T* data = nullptr;
  size_t size = 0;
};
View<float> Floats(const Napi::Object& object, const char* key);
std::vector<float> FloatVector(const Napi::Object& object, const char* key);
View<double> Doubles(const Napi::Object& object, const char* key);
View<int32_t> Int32s(const Napi::Object& object, const char* key);

Napi::Uint8Array ToArray(Napi::Env env, const std::vector<uint8_t>& values);
Napi::Float32Array ToArray(Napi::Env env, const std::vector<float>& values);
Napi::Float64Array ToArray(Napi::Env env, const std::vector<double>& values);
Napi::Int32Array ToArray(Napi::Env env, const std::vector<int32_t>& values);

}  // namespace js
}  // namespace dtmm
