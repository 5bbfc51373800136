// The host side of TFLM's API over time: what an interpreter and an op resolver look like in this tree.
// Everything is decided by what the headers offer, never by a version number, which TFLM does not have.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>

#include "tensorflow/lite/c/common.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
#if __has_include("tensorflow/lite/micro/all_ops_resolver.h")
#include "tensorflow/lite/micro/all_ops_resolver.h"
#define DTMM_TREE_ALL_OPS tflite::AllOpsResolver
#elif __has_include("tensorflow/lite/micro/kernels/all_ops_resolver.h")
#include "tensorflow/lite/micro/kernels/all_ops_resolver.h"
#define DTMM_TREE_ALL_OPS tflite::ops::micro::AllOpsResolver
#endif
#if __has_include("tensorflow/lite/micro/micro_error_reporter.h")
#include "tensorflow/lite/micro/micro_error_reporter.h"
#elif __has_include("tensorflow/lite/micro/tflite_bridge/micro_error_reporter.h")
#include "tensorflow/lite/micro/tflite_bridge/micro_error_reporter.h"
#endif

// Complete in trees that have it.
struct TFLMRegistration;

namespace dtmm {
namespace bridge {

using Resolver = tflite::MicroOpResolver;

// FindOp(op) since 2022, FindOp(op, version) before; trees of the time between have both, and the short one
// counts.
template <typename R, typename = void>
struct FindsByVersion : std::true_type {};
template <typename R>
struct FindsByVersion<R, std::void_t<decltype(std::declval<const R&>().FindOp(tflite::BuiltinOperator{}))>>
    : std::false_type {};
constexpr bool kFindsByVersion = FindsByVersion<Resolver>::value;

template <typename R, bool kByVersion>
struct RegistrationOf {
  using Type = decltype(std::declval<const R&>().FindOp(tflite::BuiltinOperator{}));
};
template <typename R>
struct RegistrationOf<R, true> {
  using Type = decltype(std::declval<const R&>().FindOp(tflite::BuiltinOperator{}, 1));
};
// TfLiteRegistration, later TFLMRegistration.
using Registration =
    std::remove_const_t<std::remove_pointer_t<RegistrationOf<Resolver, kFindsByVersion>::Type>>;

constexpr const char* RegistrationName() {
  return std::is_same_v<Registration, ::TFLMRegistration> ? "TFLMRegistration" : "TfLiteRegistration";
}

template <typename R>
using ParseFunction = decltype(std::declval<const R&>().GetOpDataParser(tflite::BuiltinOperator{}));

// Trees before 2022 want an ErrorReporter.
template <typename Interpreter>
constexpr bool kWantsErrorReporter =
    std::is_constructible_v<Interpreter, const tflite::Model*, const Resolver&, uint8_t*, size_t,
                            tflite::ErrorReporter*>;

// Constructs an interpreter at `memory`.
template <typename Interpreter>
Interpreter* Construct(void* memory, const tflite::Model* model, const Resolver& resolver, uint8_t* arena,
                       size_t arena_bytes) {
  if constexpr (kWantsErrorReporter<Interpreter>) {
    static tflite::MicroErrorReporter reporter;
    return new (memory) Interpreter(model, resolver, arena, arena_bytes, &reporter);
  } else {
    return new (memory) Interpreter(model, resolver, arena, arena_bytes);
  }
}

// A tensor during Invoke.
struct TensorView {
  const void* data = nullptr;
  const TfLiteIntArray* dims = nullptr;
  TfLiteType type = kTfLiteNoType;
};

// Eval tensors came in late 2020; before, the context listed full tensors.
template <typename Context, typename = void>
struct HasEvalTensors : std::false_type {};
template <typename Context>
struct HasEvalTensors<Context, std::void_t<decltype(std::declval<Context&>().GetEvalTensor)>>
    : std::true_type {};

template <typename Context>
TensorView ViewTensor(Context* context, int index) {
  if constexpr (HasEvalTensors<Context>::value) {
    const auto* tensor = context->GetEvalTensor(context, index);
    return tensor == nullptr ? TensorView{} : TensorView{tensor->data.raw, tensor->dims, tensor->type};
  } else {
    const auto& tensor = context->tensors[index];
    return {tensor.data.raw, tensor.dims, tensor.type};
  }
}

// A resolver that hands out what Derived::Wrap makes of the registrations of another resolver.
template <typename Derived, typename R, bool kByVersion>
class WrappingResolver;

template <typename Derived, typename R>
class WrappingResolver<Derived, R, false> : public R {
 public:
  explicit WrappingResolver(const R& inner) : inner_(inner) {}
  const Registration* FindOp(tflite::BuiltinOperator op) const override { return Wrap(inner_.FindOp(op)); }
  const Registration* FindOp(const char* op) const override { return Wrap(inner_.FindOp(op)); }
  ParseFunction<R> GetOpDataParser(tflite::BuiltinOperator op) const override {
    return inner_.GetOpDataParser(op);
  }
  void operator delete(void*) {}

 private:
  const Registration* Wrap(const Registration* r) const {
    return static_cast<const Derived*>(this)->WrapOne(r);
  }
  const R& inner_;
};

template <typename Derived, typename R>
class WrappingResolver<Derived, R, true> : public R {
 public:
  explicit WrappingResolver(const R& inner) : inner_(inner) {}
  const Registration* FindOp(tflite::BuiltinOperator op, int version) const override {
    return Wrap(inner_.FindOp(op, version));
  }
  const Registration* FindOp(const char* op, int version) const override {
    return Wrap(inner_.FindOp(op, version));
  }
  ParseFunction<R> GetOpDataParser(tflite::BuiltinOperator op) const override {
    return inner_.GetOpDataParser(op);
  }
  // Pure in the interface of that time; nothing is ever added to a wrapper.
  TfLiteStatus AddBuiltin(tflite::BuiltinOperator, Registration*, int) override { return kTfLiteError; }
  void operator delete(void*) {}

 private:
  const Registration* Wrap(const Registration* r) const {
    return static_cast<const Derived*>(this)->WrapOne(r);
  }
  const R& inner_;
};

}  // namespace bridge
}  // namespace dtmm
