#include "js_values.h"

#include <cmath>
#include <cstring>

namespace dtmm {
namespace js {
namespace {

[[noreturn]] void Mismatch(const Napi::Object& object, const char* key, const char* expected) {
  throw Napi::TypeError::New(object.Env(), std::string("expected ") + expected + " for " + key);
}

template <typename T>
View<T> Typed(const Napi::Object& object, const char* key, napi_typedarray_type type, const char* expected) {
  const Napi::Value value = Get(object, key);
  if (!value.IsTypedArray()) Mismatch(object, key, expected);
  const auto array = value.As<Napi::TypedArray>();
  if (array.TypedArrayType() != type) Mismatch(object, key, expected);
  const auto* base = static_cast<const uint8_t*>(array.ArrayBuffer().Data());
  return {reinterpret_cast<const T*>(base + array.ByteOffset()), array.ElementLength()};
}

template <typename ArrayType, typename T>
ArrayType Copy(Napi::Env env, const std::vector<T>& values) {
  ArrayType array = ArrayType::New(env, values.size());
  if (!values.empty()) std::memcpy(array.Data(), values.data(), values.size() * sizeof(T));
  return array;
}

}  // namespace

Napi::Value Get(const Napi::Object& object, const char* key) { return object.Get(key); }

double Number(const Napi::Object& object, const char* key) {
  const Napi::Value value = Get(object, key);
  if (!value.IsNumber()) Mismatch(object, key, "a number");
  return value.As<Napi::Number>().DoubleValue();
}

int Int(const Napi::Object& object, const char* key) {
  const double value = Number(object, key);
  if (value != std::floor(value) || std::fabs(value) > 2147483647.0)
    Mismatch(object, key, "a 32-bit integer");
  return static_cast<int>(value);
}

size_t Size(const Napi::Object& object, const char* key) {
  const double value = Number(object, key);
  if (value != std::floor(value) || value < 0 || value > 9007199254740991.0) Mismatch(object, key, "a size");
  return static_cast<size_t>(value);
}

std::string String(const Napi::Object& object, const char* key) {
  const Napi::Value value = Get(object, key);
  if (!value.IsString()) Mismatch(object, key, "a string");
  return value.As<Napi::String>().Utf8Value();
}

Napi::Object Object(const Napi::Object& object, const char* key) {
  const Napi::Value value = Get(object, key);
  if (!value.IsObject()) Mismatch(object, key, "an object");
  return value.As<Napi::Object>();
}

Napi::Array Array(const Napi::Object& object, const char* key) {
  const Napi::Value value = Get(object, key);
  if (!value.IsArray()) Mismatch(object, key, "an array");
  return value.As<Napi::Array>();
}

std::vector<int> Ints(const Napi::Object& object, const char* key) {
  const Napi::Array array = Array(object, key);
  std::vector<int> values;
  for (uint32_t i = 0; i < array.Length(); ++i) {
    const Napi::Value value = array.Get(i);
    if (!value.IsNumber()) Mismatch(object, key, "an array of integers");
    values.push_back(value.As<Napi::Number>().Int32Value());
  }
  return values;
}

Bytes ByteView(const Napi::Object& object, const char* key) {
  const View<uint8_t> view = Typed<uint8_t>(object, key, napi_uint8_array, "a Uint8Array");
  return {view.data, view.size};
}

View<float> Floats(const Napi::Object& object, const char* key) {
  return Typed<float>(object, key, napi_float32_array, "a Float32Array");
}

std::vector<float> FloatVector(const Napi::Object& object, const char* key) {
  const View<float> values = Floats(object, key);
  return std::vector<float>(values.data, values.data + values.size);
}

View<double> Doubles(const Napi::Object& object, const char* key) {
  return Typed<double>(object, key, napi_float64_array, "a Float64Array");
}

View<int32_t> Int32s(const Napi::Object& object, const char* key) {
  return Typed<int32_t>(object, key, napi_int32_array, "an Int32Array");
}

Napi::Uint8Array ToArray(Napi::Env env, const std::vector<uint8_t>& values) {
  return Copy<Napi::Uint8Array>(env, values);
}
Napi::Float32Array ToArray(Napi::Env env, const std::vector<float>& values) {
  return Copy<Napi::Float32Array>(env, values);
}
Napi::Float64Array ToArray(Napi::Env env, const std::vector<double>& values) {
  return Copy<Napi::Float64Array>(env, values);
}
Napi::Int32Array ToArray(Napi::Env env, const std::vector<int32_t>& values) {
  return Copy<Napi::Int32Array>(env, values);
}

}  // namespace js
}  // namespace dtmm
