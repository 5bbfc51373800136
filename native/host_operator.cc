#include "host_operator.h"

#include <cmath>
#include <cstring>
#include <optional>

#include "host_operands.h"
#include "tensorflow/lite/c/builtin_op_data.h"
#include "tensorflow/lite/kernels/internal/common.h"
#include "tensorflow/lite/kernels/internal/quantization_util.h"
#include "tensorflow/lite/kernels/kernel_util.h"

namespace dtmm {
namespace {

using tflite::BuiltinOperator_CONV_2D;
using tflite::BuiltinOperator_DEPTHWISE_CONV_2D;
using tflite::BuiltinOperator_FULLY_CONNECTED;

// Multipliers by the tree's own QuantizeMultiplier; false where one is beyond what Rescale takes.
bool AddMultiplier(double real, Rescale* rescale) {
  if (!std::isfinite(real) || real < 0 || real >= 1 << 30) return false;
  int32_t multiplier = 0;
  int shift = 0;
  tflite::QuantizeMultiplier(real, &multiplier, &shift);
  if (multiplier < 0 || shift < -31 || shift > 30) return false;
  rescale->multiplier.push_back(multiplier);
  rescale->shift.push_back(shift);
  return true;
}

// Everything behind the sums. TFLite's fully connected layers with a single filter scale multiply it with the
// input's in single precision, all other layers in double.
std::optional<Rescale> ReadRescale(const Operands& operands, TfLiteContext* context,
                                   TfLiteFusedActivation activation, int channels, bool fully_connected) {
  Rescale rescale;
  rescale.rounding = TreeRounding();
  rescale.output_zero_point = operands.output_file.ZeroPoint();
  rescale.bias.resize(static_cast<size_t>(channels));
  if (operands.bias.data != nullptr) {
    std::memcpy(rescale.bias.data(), operands.bias_file.data->data(), operands.bias_file.data->size());
  }
  const float input_scale = operands.input_file.Scale();
  const auto output_scale = static_cast<double>(operands.output_file.Scale());
  const auto* scales = operands.filter_file.scales;
  for (int c = 0; c < channels; ++c) {
    const float scale = scales->Get(scales->size() == 1 ? 0 : static_cast<unsigned>(c));
    const double product = fully_connected && scales->size() == 1
                               ? static_cast<double>(input_scale * scale)
                               : static_cast<double>(input_scale) * static_cast<double>(scale);
    if (!AddMultiplier(product / output_scale, &rescale)) return {};
  }
  TfLiteTensor output = {};
  output.type = kTfLiteInt8;
  output.params = {operands.output_file.Scale(), rescale.output_zero_point};
  if (tflite::CalculateActivationRangeQuantized(context, activation, &output, &rescale.min, &rescale.max) !=
      kTfLiteOk) {
    return {};
  }
  return rescale;
}

// Sets output size and padding on one axis by TFLite's formulas; false where the tensors have other sizes.
bool PlaceWindow(TfLitePadding padding, int input, int kernel, int stride, int dilation, int output,
                 int* before) {
  if (stride < 1 || dilation < 1) return false;
  const int64_t window = (int64_t{kernel} - 1) * dilation + 1;
  const bool same = padding == kTfLitePaddingSame;
  if (!same && padding != kTfLitePaddingValid) return false;
  const int64_t expected = (int64_t{input} + stride - (same ? 1 : window)) / stride;
  if (expected != output) return false;
  const int64_t total = (expected - 1) * stride + window - input;
  *before = static_cast<int>(total > 0 ? total / 2 : 0);
  return true;
}

template <class Params>
bool ReadGeometry(const Operands& operands, const Params& params, ConvGeometry* geometry) {
  const int* input = operands.input.dims->data;
  const int* filter = operands.filter.dims->data;
  const int* output = operands.output.dims->data;
  if (operands.input.dims->size != 4 || input[0] != output[0]) return false;
  geometry->input_height = input[1];
  geometry->input_width = input[2];
  geometry->input_channels = input[3];
  geometry->kernel_height = filter[1];
  geometry->kernel_width = filter[2];
  geometry->output_height = output[1];
  geometry->output_width = output[2];
  geometry->output_channels = output[3];
  geometry->stride_height = params.stride_height;
  geometry->stride_width = params.stride_width;
  geometry->dilation_height = params.dilation_height_factor;
  geometry->dilation_width = params.dilation_width_factor;
  return PlaceWindow(params.padding, input[1], filter[1], params.stride_height, params.dilation_height_factor,
                     output[1], &geometry->pad_top) &&
         PlaceWindow(params.padding, input[2], filter[2], params.stride_width, params.dilation_width_factor,
                     output[2], &geometry->pad_left);
}

// The layer of an operator, in one value once everything about it is known.
std::optional<HostLayer> MakeLayer(const Operands& operands, const ConvGeometry& geometry, int batches,
                                   std::optional<Rescale> rescale) {
  if (!rescale || geometry.PatchSize() > kMaxHostDepth) return {};
  HostLayer layer;
  layer.geometry = geometry;
  layer.batches = static_cast<size_t>(batches);
  layer.input_zero_point = operands.input_file.ZeroPoint();
  layer.weights = reinterpret_cast<const int8_t*>(operands.filter_file.data->data());
  layer.rescale = std::move(*rescale);
  return layer;
}

std::optional<HostLayer> ReadConv(const Operands& operands, TfLiteContext* context, const TfLiteNode* node) {
  const auto& params = *static_cast<const TfLiteConvParams*>(node->builtin_data);
  ConvGeometry geometry;
  if (!ReadGeometry(operands, params, &geometry)) return {};
  if (operands.filter.dims->data[3] != geometry.input_channels) return {};
  return MakeLayer(operands, geometry, operands.input.dims->data[0],
                   ReadRescale(operands, context, params.activation, geometry.output_channels, false));
}

std::optional<HostLayer> ReadDepthwise(const Operands& operands, TfLiteContext* context,
                                       const TfLiteNode* node) {
  const auto& params = *static_cast<const TfLiteDepthwiseConvParams*>(node->builtin_data);
  ConvGeometry geometry;
  if (!ReadGeometry(operands, params, &geometry)) return {};
  if (operands.filter.dims->data[0] != 1 || geometry.output_channels % geometry.input_channels != 0)
    return {};
  // Trees differ here: TFLM of July 2020 ignores the dilation in the padding, and the clamp of the
  // activation.
  const bool dilated = geometry.dilation_height > 1 || geometry.dilation_width > 1;
  if (dilated && params.padding == kTfLitePaddingSame) return {};
  const auto rescale = ReadRescale(operands, context, params.activation, geometry.output_channels, false);
  if (rescale && (rescale->min > INT8_MIN || rescale->max < INT8_MAX)) return {};
  return MakeLayer(operands, geometry, operands.input.dims->data[0], rescale);
}

std::optional<HostLayer> ReadFullyConnected(const Operands& operands, TfLiteContext* context,
                                            const TfLiteNode* node) {
  const auto& params = *static_cast<const TfLiteFullyConnectedParams*>(node->builtin_data);
  if (params.weights_format != kTfLiteFullyConnectedWeightsFormatDefault) return {};
  ConvGeometry geometry;
  geometry.input_height = geometry.output_height = operands.output.dims->data[0];
  geometry.input_width = geometry.output_width = geometry.kernel_height = geometry.kernel_width = 1;
  geometry.input_channels = operands.filter.dims->data[1];
  geometry.output_channels = operands.filter.dims->data[0];
  if (Elements(operands.input) != geometry.InputSize()) return {};
  return MakeLayer(operands, geometry, 1,
                   ReadRescale(operands, context, params.activation, geometry.output_channels, true));
}

std::optional<HostLayer> ReadLayer(const tflite::Model* model, int code, TfLiteContext* context,
                                   const TfLiteNode* node) {
  const bool fully_connected = code == BuiltinOperator_FULLY_CONNECTED;
  const bool depthwise = code == BuiltinOperator_DEPTHWISE_CONV_2D;
  const auto operands = ReadOperands(model, context, node, fully_connected ? 2 : 4, depthwise ? 3 : 0);
  if (!operands || node->builtin_data == nullptr) return {};
  if (fully_connected) return ReadFullyConnected(*operands, context, node);
  return depthwise ? ReadDepthwise(*operands, context, node) : ReadConv(*operands, context, node);
}

}  // namespace

Rounding TreeRounding() {
  // A quarter: rounded once it is 0, rounded to a half and then up it is 1.
  const int32_t one = 1;
  const int32_t half = int32_t{1} << 30;
  return tflite::MultiplyByQuantizedMultiplier(one, half, -1) == 0 ? Rounding::kSingle : Rounding::kDouble;
}

std::unique_ptr<HostKernel> MakeHostKernel(const tflite::Model* model, int code, TfLiteContext* context,
                                           const TfLiteNode* node) {
  if (code != BuiltinOperator_CONV_2D && code != BuiltinOperator_DEPTHWISE_CONV_2D &&
      code != BuiltinOperator_FULLY_CONNECTED) {
    return nullptr;
  }
  const std::optional<HostLayer> layer = ReadLayer(model, code, context, node);
  if (!layer) return nullptr;
  return code == BuiltinOperator_DEPTHWISE_CONV_2D ? MakeHostDepthwise(*layer) : MakeHostConv(*layer);
}

}  // namespace dtmm
