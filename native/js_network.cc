#include "js_network.h"

#include <string>
#include <unordered_map>

#include "fault.h"
#include "js_values.h"

namespace dtmm {
namespace js {
namespace {

OperatorKind KindOf(const std::string& name) {
  static const std::unordered_map<std::string, OperatorKind> kinds = {
      {"conv", OperatorKind::kConv},
      {"depthwiseConv", OperatorKind::kDepthwiseConv},
      {"add", OperatorKind::kAdd},
      {"maxPool", OperatorKind::kMaxPool},
      {"averagePool", OperatorKind::kAveragePool},
      {"mean", OperatorKind::kMean},
      {"copy", OperatorKind::kCopy},
      {"relu", OperatorKind::kRelu},
      {"logistic", OperatorKind::kLogistic},
      {"softmax", OperatorKind::kSoftmax},
      {"concatenation", OperatorKind::kConcatenation},
      {"pad", OperatorKind::kPad},
      {"unknown", OperatorKind::kUnknown},
  };
  const auto found = kinds.find(name);
  if (found == kinds.end()) throw Fault("NETWORK_PLAN", "unknown operator kind " + name);
  return found->second;
}

ConvGeometry ReadGeometry(const Napi::Object& object) {
  ConvGeometry g;
  g.input_height = Int(object, "inputHeight");
  g.input_width = Int(object, "inputWidth");
  g.input_channels = Int(object, "inputChannels");
  g.kernel_height = Int(object, "kernelHeight");
  g.kernel_width = Int(object, "kernelWidth");
  g.output_height = Int(object, "outputHeight");
  g.output_width = Int(object, "outputWidth");
  g.output_channels = Int(object, "outputChannels");
  g.stride_height = Int(object, "strideHeight");
  g.stride_width = Int(object, "strideWidth");
  g.dilation_height = Int(object, "dilationHeight");
  g.dilation_width = Int(object, "dilationWidth");
  g.pad_top = Int(object, "padTop");
  g.pad_left = Int(object, "padLeft");
  return g;
}

NetworkOperator ReadOperator(const Napi::Object& object) {
  NetworkOperator op;
  op.kind = KindOf(String(object, "kind"));
  op.inputs = Ints(object, "inputs");
  op.output = Int(object, "output");
  op.geometry = ReadGeometry(Object(object, "geometry"));
  op.filter = FloatVector(object, "filter");
  op.bias = FloatVector(object, "bias");
  op.activation_min = static_cast<float>(Number(object, "activationMin"));
  op.activation_max = static_cast<float>(Number(object, "activationMax"));
  op.beta = static_cast<float>(Number(object, "beta"));
  return op;
}

}  // namespace

Network ReadNetwork(const Napi::Object& object) {
  Network network;
  const Napi::Array operators = Array(object, "operators");
  for (uint32_t i = 0; i < operators.Length(); ++i) {
    network.operators.push_back(ReadOperator(operators.Get(i).As<Napi::Object>()));
  }
  network.input = Int(object, "input");
  network.output = Int(object, "output");
  network.loss = String(object, "loss") == "classes" ? LossKind::kClasses : LossKind::kValues;
  const View<float> scales = Floats(object, "scales");
  const View<int32_t> zero_points = Int32s(object, "zeroPoints");
  const View<int32_t> sizes = Int32s(object, "sizes");
  if (zero_points.size != scales.size || sizes.size != scales.size) {
    throw Fault("NETWORK_PLAN", "scales, zeroPoints and sizes have different lengths");
  }
  for (size_t i = 0; i < scales.size; ++i) {
    network.tensors.push_back({scales.data[i], zero_points.data[i], static_cast<size_t>(sizes.data[i])});
  }
  return network;
}

}  // namespace js
}  // namespace dtmm
