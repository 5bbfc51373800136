#include "host_operands.h"

#include <cstring>

namespace dtmm {
namespace {

using bridge::TensorView;

constexpr int kInput = 0;
constexpr int kFilter = 1;
constexpr int kBias = 2;

FileTensor ReadTensor(const tflite::Model* model, int index) {
  FileTensor read;
  const tflite::Tensor* tensor = model->subgraphs()->Get(0)->tensors()->Get(index);
  if (tensor->quantization() != nullptr) {
    read.scales = tensor->quantization()->scale();
    read.zero_points = tensor->quantization()->zero_point();
  }
  const auto* buffers = model->buffers();
  if (tensor->buffer() > 0 && tensor->buffer() < buffers->size()) {
    read.data = buffers->Get(tensor->buffer())->data();
  }
  return read;
}

bool HasRank(const TensorView& tensor, TfLiteType type, int rank) {
  if (tensor.data == nullptr || tensor.dims == nullptr || tensor.type != type || tensor.dims->size != rank) {
    return false;
  }
  for (int d = 0; d < rank; ++d) {
    if (tensor.dims->data[d] <= 0) return false;
  }
  return true;
}

}  // namespace

bool FileTensor::IsFilter(int channels) const {
  if (scales == nullptr || (scales->size() != 1 && static_cast<int>(scales->size()) != channels))
    return false;
  if (zero_points == nullptr) return true;
  for (const int64_t zero_point : *zero_points) {
    if (zero_point != 0) return false;
  }
  return true;
}

size_t Elements(const TensorView& tensor) {
  size_t count = 1;
  for (int d = 0; d < tensor.dims->size; ++d) count *= static_cast<size_t>(tensor.dims->data[d]);
  return count;
}

std::optional<Operands> ReadOperands(const tflite::Model* model, TfLiteContext* context,
                                     const TfLiteNode* node, int rank, int channel_axis) {
  const TfLiteIntArray* inputs = node->inputs;
  if (inputs == nullptr || inputs->size < 2 || inputs->size > 3 || node->outputs->size != 1 ||
      inputs->data[kInput] < 0 || inputs->data[kFilter] < 0) {
    return {};
  }
  Operands operands;
  const auto read = [&](int tensor, TensorView* view, FileTensor* file) {
    *view = bridge::ViewTensor(context, tensor);
    *file = ReadTensor(model, tensor);
  };
  read(inputs->data[kInput], &operands.input, &operands.input_file);
  read(inputs->data[kFilter], &operands.filter, &operands.filter_file);
  read(node->outputs->data[0], &operands.output, &operands.output_file);
  if (operands.input.type != kTfLiteInt8 || operands.input.dims == nullptr || operands.input.dims->size < 1 ||
      !HasRank(operands.input, kTfLiteInt8, operands.input.dims->size) ||
      !HasRank(operands.filter, kTfLiteInt8, rank) || !HasRank(operands.output, kTfLiteInt8, rank) ||
      !operands.input_file.PerTensor() || !operands.output_file.PerTensor()) {
    return {};
  }
  const int channels = operands.filter.dims->data[channel_axis];
  const auto* weights = operands.filter_file.data;
  if (!operands.filter_file.IsFilter(channels) || weights == nullptr ||
      weights->size() != Elements(operands.filter) || operands.output.dims->data[rank - 1] != channels) {
    return {};
  }
  if (inputs->size == 3 && inputs->data[kBias] >= 0) {
    read(inputs->data[kBias], &operands.bias, &operands.bias_file);
    const auto* bias = operands.bias_file.data;
    if (!HasRank(operands.bias, kTfLiteInt32, 1) || operands.bias.dims->data[0] != channels ||
        bias == nullptr || bias->size() != static_cast<size_t>(channels) * sizeof(int32_t)) {
      return {};
    }
  }
  return operands;
}

}  // namespace dtmm
