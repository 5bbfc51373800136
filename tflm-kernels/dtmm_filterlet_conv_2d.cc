#include "dtmm_filterlet_conv_2d.h"

#include "dtmm_filterlet_check.h"
#include "dtmm_filterlet_conv.h"

namespace dtmm {
namespace {

// Per operator, in the arena. The options stay in flash and are decoded where they are needed.
struct OpData {
  const uint8_t* options;
  size_t option_count;
  bridge::Scratch scratch;
};

struct Tensors {
  bridge::Tensor input;
  bridge::Tensor weights;
  bridge::Tensor index;
  bridge::Tensor records;
  bridge::Tensor output;
};

Tensors GetTensors(TfLiteContext* context, const TfLiteNode* node) {
  return Tensors{bridge::GetTensorInSlot(context, node->inputs, DTMM_INPUT_ACTIVATIONS),
                 bridge::GetTensorInSlot(context, node->inputs, DTMM_INPUT_WEIGHTS),
                 bridge::GetTensorInSlot(context, node->inputs, DTMM_INPUT_INDEX),
                 bridge::GetTensorInSlot(context, node->inputs, DTMM_INPUT_RECORDS),
                 bridge::GetTensorInSlot(context, node->outputs, 0)};
}

bool HasTypeAndRank(const bridge::Tensor& tensor, TfLiteType type, int rank) {
  return tensor.dims != nullptr && tensor.type == type && tensor.dims->size == rank;
}

DtmmNhwc ToNhwc(const bridge::Tensor& tensor) {
  const int* dims = tensor.dims->data;
  return DtmmNhwc{dims[0], dims[1], dims[2], dims[3]};
}

DtmmConvShape ToShape(const Tensors& tensors) {
  return DtmmConvShape{ToNhwc(tensors.input), ToNhwc(tensors.output)};
}

DtmmFilterletTensors ToPacked(const Tensors& tensors) {
  return DtmmFilterletTensors{
      static_cast<const int8_t*>(tensors.weights.data),  tensors.weights.dims->data[0],
      static_cast<const uint8_t*>(tensors.index.data),   tensors.index.dims->data[0],
      static_cast<const uint8_t*>(tensors.records.data), tensors.records.dims->data[0],
  };
}

TfLiteStatus Fail(TfLiteContext* context, const char* sentence) {
  bridge::ReportError(context, sentence);
  return kTfLiteError;
}

void* Init(TfLiteContext* context, const char* buffer, size_t length) {
  OpData* data = static_cast<OpData*>(bridge::AllocatePersistent(context, sizeof(OpData)));
  if (data == nullptr) return nullptr;
  data->options = reinterpret_cast<const uint8_t*>(buffer);
  data->option_count = buffer == nullptr ? 0 : length;
  return data;
}

TfLiteStatus Prepare(TfLiteContext* context, TfLiteNode* node) {
  OpData* data = static_cast<OpData*>(node->user_data);
  if (data == nullptr) return Fail(context, DTMM_FILTERLET_CONV_2D_NAME ": the arena is too small");
  if (node->inputs->size != DTMM_INPUT_COUNT || node->outputs->size != 1) {
    return Fail(context, DTMM_FILTERLET_CONV_2D_NAME ": needs 4 inputs and 1 output");
  }
  const Tensors tensors = GetTensors(context, node);
  if (!HasTypeAndRank(tensors.input, kTfLiteInt8, 4) || !HasTypeAndRank(tensors.output, kTfLiteInt8, 4)) {
    return Fail(context, DTMM_FILTERLET_CONV_2D_NAME ": input and output must be int8 of rank 4");
  }
  if (!HasTypeAndRank(tensors.weights, kTfLiteInt8, 1) || !HasTypeAndRank(tensors.index, kTfLiteUInt8, 1) ||
      !HasTypeAndRank(tensors.records, kTfLiteUInt8, 1)) {
    return Fail(context,
                DTMM_FILTERLET_CONV_2D_NAME ": needs int8 weights, uint8 index and uint8 records of rank 1");
  }
  if (tensors.weights.data == nullptr || tensors.index.data == nullptr || tensors.records.data == nullptr) {
    return Fail(context, DTMM_FILTERLET_CONV_2D_NAME ": weights, index and records must be constant");
  }
  const DtmmConvShape shape = ToShape(tensors);
  const DtmmFilterletTensors packed = ToPacked(tensors);
  DtmmFilterletOptions options;
  const DtmmFilterletStatus status =
      dtmm_filterlet_check(data->options, data->option_count, &shape, &packed, &options);
  if (status != DTMM_FILTERLET_OK) return Fail(context, dtmm_filterlet_message(status));
  const int32_t scratch_bytes = dtmm_filterlet_conv_wrapper_s8_get_buffer_size(&options, &shape);
  if (!bridge::RequestScratch(context, static_cast<size_t>(scratch_bytes), &data->scratch)) {
    return Fail(context, DTMM_FILTERLET_CONV_2D_NAME ": no room in the arena for the line buffer");
  }
  return kTfLiteOk;
}

TfLiteStatus Eval(TfLiteContext* context, TfLiteNode* node) {
  const OpData* data = static_cast<const OpData*>(node->user_data);
  const Tensors tensors = GetTensors(context, node);
  const DtmmConvShape shape = ToShape(tensors);
  const DtmmFilterletTensors packed = ToPacked(tensors);
  DtmmFilterletOptions options;
  dtmm_decode_options(data->options, &options);
  dtmm_filterlet_conv_wrapper_s8(&options, &shape, &packed, static_cast<const int8_t*>(tensors.input.data),
                                 static_cast<int8_t*>(tensors.output.data),
                                 static_cast<int8_t*>(bridge::GetScratch(context, data->scratch)));
  return kTfLiteOk;
}

}  // namespace

bridge::Registration* RegisterFilterletConv2D() {
  // Zero-initialised and filled by name, because the members differ between trees; without a constructor, so
  // that no thread-safe static guard is linked into the firmware.
  static bridge::Registration registration;
  registration.init = Init;
  registration.prepare = Prepare;
  registration.invoke = Eval;
  return &registration;
}

}  // namespace dtmm
