// What the TFLM registrations of all packed operators share: the tensors, their checks, and the three
// functions that TFLM calls. An operator is a type with
//
//   Options, Shape                                    its decoded custom options, and its activations' shapes
//   static DtmmStatus ToShape(const Tensors&, Shape*)
//   static DtmmStatus Check(bytes, count, shape, packed, Options*)
//   static void Decode(bytes, Options*)
//   static int32_t ScratchBytes(options, shape)
//   static void Run(options, shape, packed, input, output, scratch)
//   static const char* Message(DtmmStatus)
#ifndef DTMM_PACKED_OPERATOR_H_
#define DTMM_PACKED_OPERATOR_H_

#include "dtmm_packed_format.h"
#include "dtmm_packed_layer.h"
#include "dtmm_status.h"
#include "dtmm_tflm_bridge.h"

namespace dtmm {
namespace packed_operator {

// Per operator, in the arena. The options stay in flash and are decoded where they are needed.
struct OpData {
  const uint8_t* options;
  size_t option_count;
  bool in_workspace;  // scratch memory is the workspace tensor
  bridge::Scratch scratch;
};

struct Tensors {
  bridge::Tensor input;
  bridge::Tensor weights;
  bridge::Tensor index;
  bridge::Tensor records;
  bridge::Tensor output;
  bridge::Tensor workspace;  // optional
};

inline Tensors GetTensors(TfLiteContext* context, const TfLiteNode* node) {
  return Tensors{bridge::GetTensorInSlot(context, node->inputs, DTMM_INPUT_ACTIVATIONS),
                 bridge::GetTensorInSlot(context, node->inputs, DTMM_INPUT_WEIGHTS),
                 bridge::GetTensorInSlot(context, node->inputs, DTMM_INPUT_INDEX),
                 bridge::GetTensorInSlot(context, node->inputs, DTMM_INPUT_RECORDS),
                 bridge::GetTensorInSlot(context, node->outputs, 0),
                 bridge::GetTensorInSlot(context, node->inputs, DTMM_INPUT_WORKSPACE)};
}

inline bool HasType(const bridge::Tensor& tensor, TfLiteType type) {
  return tensor.dims != nullptr && tensor.type == type;
}

inline bool IsVector(const bridge::Tensor& tensor, TfLiteType type) {
  return HasType(tensor, type) && tensor.dims->size == 1;
}

// Types, and what of the constants the model's own tables say.
inline DtmmStatus CheckTensors(const Tensors& tensors) {
  if (!HasType(tensors.input, kTfLiteInt8) || !HasType(tensors.output, kTfLiteInt8)) {
    return DTMM_STATUS_ACTIVATION_TYPE;
  }
  if (!IsVector(tensors.weights, kTfLiteInt8) || !IsVector(tensors.index, kTfLiteUInt8) ||
      !IsVector(tensors.records, kTfLiteUInt8)) {
    return DTMM_STATUS_CONSTANT_TYPE;
  }
  const bool constant =
      tensors.weights.data != nullptr && tensors.index.data != nullptr && tensors.records.data != nullptr;
  return constant ? DTMM_STATUS_OK : DTMM_STATUS_NOT_CONSTANT;
}

inline DtmmPackedTensors ToPacked(const Tensors& tensors) {
  return DtmmPackedTensors{
      static_cast<const int8_t*>(tensors.weights.data),  tensors.weights.dims->data[0],
      static_cast<const uint8_t*>(tensors.index.data),   tensors.index.dims->data[0],
      static_cast<const uint8_t*>(tensors.records.data), tensors.records.dims->data[0],
  };
}

inline void* Init(TfLiteContext* context, const char* buffer, size_t length) {
  OpData* data = static_cast<OpData*>(bridge::AllocatePersistent(context, sizeof(OpData)));
  if (data == nullptr) return nullptr;
  data->options = reinterpret_cast<const uint8_t*>(buffer);
  data->option_count = buffer == nullptr ? 0 : length;
  return data;
}

// Whether the workspace tensor can serve as so much scratch memory: one that is planned in the arena, so that
// it overlaps nothing that is alive, and none of the operator's own activations.
inline bool FitsWorkspace(const TfLiteNode* node, const bridge::Tensor& workspace, int32_t bytes) {
  if (bytes == 0 || !IsVector(workspace, kTfLiteInt8) || workspace.data != nullptr) return false;
  const int index = node->inputs->data[DTMM_INPUT_WORKSPACE];
  return workspace.dims->data[0] >= bytes && index != node->inputs->data[DTMM_INPUT_ACTIVATIONS] &&
         index != node->outputs->data[0];
}

// The optional slots behind the others: the workspace as an input, and as an output of the first operator
// that uses it.
inline bool HasSlots(const TfLiteNode* node) {
  const int inputs = node->inputs->size;
  const int outputs = node->outputs->size;
  return (inputs == DTMM_INPUT_WORKSPACE || inputs == DTMM_INPUT_WORKSPACE + 1) &&
         (outputs == 1 || outputs == 2);
}

// Checks everything that Eval trusts, and reserves the scratch memory.
template <class Operator>
DtmmStatus CheckAndReserve(TfLiteContext* context, TfLiteNode* node) {
  OpData* data = static_cast<OpData*>(node->user_data);
  if (data == nullptr) return DTMM_STATUS_ARENA;
  if (!HasSlots(node)) return DTMM_STATUS_SLOTS;
  const Tensors tensors = GetTensors(context, node);
  DtmmStatus status = CheckTensors(tensors);
  if (status != DTMM_STATUS_OK) return status;
  typename Operator::Shape shape;
  status = Operator::ToShape(tensors, &shape);
  if (status != DTMM_STATUS_OK) return status;
  const DtmmPackedTensors packed = ToPacked(tensors);
  typename Operator::Options options;
  status = Operator::Check(data->options, data->option_count, shape, packed, &options);
  if (status != DTMM_STATUS_OK) return status;
  const int32_t scratch_bytes = Operator::ScratchBytes(options, shape);
  data->in_workspace = FitsWorkspace(node, tensors.workspace, scratch_bytes);
  const int32_t requested = data->in_workspace ? 0 : scratch_bytes;
  const bool reserved = bridge::RequestScratch(context, static_cast<size_t>(requested), &data->scratch);
  return reserved ? DTMM_STATUS_OK : DTMM_STATUS_SCRATCH;
}

template <class Operator>
TfLiteStatus Prepare(TfLiteContext* context, TfLiteNode* node) {
  const DtmmStatus status = CheckAndReserve<Operator>(context, node);
  if (status == DTMM_STATUS_OK) return kTfLiteOk;
  bridge::ReportError(context, Operator::Message(status));
  return kTfLiteError;
}

template <class Operator>
TfLiteStatus Eval(TfLiteContext* context, TfLiteNode* node) {
  const OpData* data = static_cast<const OpData*>(node->user_data);
  const Tensors tensors = GetTensors(context, node);
  typename Operator::Shape shape;
  Operator::ToShape(tensors, &shape);
  typename Operator::Options options;
  Operator::Decode(data->options, &options);
  void* scratch = data->in_workspace ? tensors.workspace.data : bridge::GetScratch(context, data->scratch);
  Operator::Run(options, shape, ToPacked(tensors), static_cast<const int8_t*>(tensors.input.data),
                static_cast<int8_t*>(tensors.output.data), static_cast<int8_t*>(scratch));
  return kTfLiteOk;
}

template <class Operator>
bridge::Registration* Register() {
  // Zero-initialised and filled by name, because the members differ between trees; without a constructor, so
  // that no thread-safe static guard is linked into the firmware.
  static bridge::Registration registration;
  registration.init = Init;
  registration.prepare = Prepare<Operator>;
  registration.invoke = Eval<Operator>;
  return &registration;
}

}  // namespace packed_operator
}  // namespace dtmm

#endif  // DTMM_PACKED_OPERATOR_H_
