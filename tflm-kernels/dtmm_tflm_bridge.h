// One source for the custom op APIs of TFLM from July 2020 until today. TFLM has no version number, so
// everything is decided at compile time by what the headers declare. C++11, because that is what firmware of
// 2020 is built with.
#ifndef DTMM_TFLM_BRIDGE_H_
#define DTMM_TFLM_BRIDGE_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "tensorflow/lite/c/common.h"
#include "tensorflow/lite/micro/micro_op_resolver.h"

namespace tflite {}
namespace tflite_micro {}

namespace dtmm {
namespace bridge {

// The namespace of the tree: tflite, or tflite_micro in vendor builds.
namespace tree {
using namespace ::tflite;
using namespace ::tflite_micro;
}  // namespace tree

// The registration struct is what the resolver finds: TfLiteRegistration, TfLiteRegistration_V1 or
// TFLMRegistration. FindOp lost its version argument in 2021; trees in between have both forms, so the newer
// one is tried first.
template <class Resolver>
auto FoundRegistration(int) -> decltype(std::declval<const Resolver&>().FindOp(""));
template <class Resolver>
auto FoundRegistration(long) -> decltype(std::declval<const Resolver&>().FindOp("", 1));

using Registration =
    std::remove_const<std::remove_pointer<decltype(FoundRegistration<tree::MicroOpResolver>(0))>::type>::type;

// Until 2020 persistent memory came by an out parameter.
using OutParameterAllocate = TfLiteStatus (*)(TfLiteContext*, size_t, void**);

inline void* CallAllocate(OutParameterAllocate allocate, TfLiteContext* context, size_t bytes) {
  void* memory = nullptr;
  return allocate(context, bytes, &memory) == kTfLiteOk ? memory : nullptr;
}
inline void* CallAllocate(void* (*allocate)(TfLiteContext*, size_t), TfLiteContext* context, size_t bytes) {
  return allocate(context, bytes);
}

// Memory that lives as long as the interpreter, or nullptr. For Init and Prepare.
inline void* AllocatePersistent(TfLiteContext* context, size_t bytes) {
  return CallAllocate(context->AllocatePersistentBuffer, context, bytes);
}

// Scratch for one operator. The 2020 trees refuse a persistent allocation between two scratch requests
// anywhere in the graph, and their stock conv allocates persistently in Prepare: there, scratch is persistent
// memory.
struct Scratch {
  int32_t arena_index;
  void* persistent;
};

constexpr bool kPersistentScratch =
    std::is_same<decltype(TfLiteContext::AllocatePersistentBuffer), OutParameterAllocate>::value;

// Reserves `bytes` (0 is allowed and reserves nothing). For Prepare.
inline bool RequestScratch(TfLiteContext* context, size_t bytes, Scratch* scratch) {
  scratch->arena_index = -1;
  scratch->persistent = nullptr;
  if (bytes == 0) return true;
  if (kPersistentScratch) {
    scratch->persistent = AllocatePersistent(context, bytes);
    return scratch->persistent != nullptr;
  }
  int index = -1;
  if (context->RequestScratchBufferInArena(context, bytes, &index) != kTfLiteOk) return false;
  scratch->arena_index = index;
  return true;
}

// The reserved memory, or nullptr if none was reserved. For Eval.
inline void* GetScratch(TfLiteContext* context, const Scratch& scratch) {
  if (scratch.arena_index < 0) return scratch.persistent;
  return context->GetScratchBuffer(context, scratch.arena_index);
}

// What both TfLiteTensor and TfLiteEvalTensor say. In Prepare `data` is only set for constant tensors.
struct Tensor {
  void* data;
  const TfLiteIntArray* dims;  // nullptr: there is no such tensor
  TfLiteType type;
};

// Eval tensors came in late 2020; before, the context listed full tensors.
template <class Context>
auto GetTensor(Context* context, int index, int)
    -> decltype(context->GetEvalTensor(context, index), Tensor()) {
  const auto* tensor = context->GetEvalTensor(context, index);
  if (tensor == nullptr) return Tensor();
  return Tensor{static_cast<void*>(tensor->data.raw), tensor->dims, tensor->type};
}
template <class Context>
Tensor GetTensor(Context* context, int index, long) {
  if (static_cast<size_t>(index) >= context->tensors_size) return Tensor();
  const auto& tensor = context->tensors[index];
  return Tensor{static_cast<void*>(tensor.data.raw), tensor.dims, tensor.type};
}

// Tensor `slot` of an operator's inputs or outputs; one without dims if the slot is missing or optional and
// empty. For Prepare and Eval: a conv needs no field that only a full TfLiteTensor has, so no temporary is
// allocated.
inline Tensor GetTensorInSlot(TfLiteContext* context, const TfLiteIntArray* slots, int slot) {
  if (slots == nullptr || slot >= slots->size || slots->data[slot] < 0) return Tensor();
  return GetTensor(context, slots->data[slot], 0);
}

// Reports through the context. Only whole sentences: the 2020 trees pass on the arguments of a format
// wrongly.
inline void ReportError(TfLiteContext* context, const char* sentence) {
  TF_LITE_KERNEL_LOG(context, sentence);
  (void)context;
  (void)sentence;
}

}  // namespace bridge
}  // namespace dtmm

#endif  // DTMM_TFLM_BRIDGE_H_
