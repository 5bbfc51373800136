#include "js_statistics.h"

#include <memory>
#include <string>
#include <unordered_map>

#include "fault.h"
#include "js_values.h"
#include "statistics.h"

namespace dtmm {
namespace js {
namespace {

// One session per process: workers answer one job at a time.
std::unique_ptr<Statistics> session;

OperatorKind KindOf(const std::string& name) {
  static const std::unordered_map<std::string, OperatorKind> kinds = {
      {"conv", OperatorKind::kConv},
      {"depthwiseConv", OperatorKind::kDepthwiseConv},
      {"fullyConnected", OperatorKind::kFullyConnected},
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
  if (found == kinds.end()) throw Fault("STATISTICS_PLAN", "unknown operator kind " + name);
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

GradientOperator ReadOperator(const Napi::Object& object) {
  GradientOperator op;
  op.kind = KindOf(String(object, "kind"));
  op.inputs = Ints(object, "inputs");
  op.output = Int(object, "output");
  op.geometry = ReadGeometry(Object(object, "geometry"));
  const View<float> filter = Floats(object, "filter");
  op.filter.assign(filter.data, filter.data + filter.size);
  op.activation_min = static_cast<float>(Number(object, "activationMin"));
  op.activation_max = static_cast<float>(Number(object, "activationMax"));
  op.beta = static_cast<float>(Number(object, "beta"));
  return op;
}

StatisticsPlan ReadPlan(const Napi::Object& request) {
  StatisticsPlan plan;
  const Napi::Array operators = Array(request, "operators");
  for (uint32_t i = 0; i < operators.Length(); ++i) {
    plan.graph.operators.push_back(ReadOperator(operators.Get(i).As<Napi::Object>()));
  }
  plan.graph.observed = Ints(request, "observed");
  plan.graph.output = Int(request, "output");
  plan.graph.loss = String(request, "loss") == "classes" ? LossKind::kClasses : LossKind::kValues;
  plan.input = Int(request, "input");
  const View<float> scales = Floats(request, "scales");
  const View<int32_t> zero_points = Int32s(request, "zeroPoints");
  const View<int32_t> sizes = Int32s(request, "sizes");
  if (zero_points.size != scales.size || sizes.size != scales.size) {
    throw Fault("STATISTICS_PLAN", "scales, zeroPoints and sizes have different lengths");
  }
  for (size_t i = 0; i < scales.size; ++i) {
    plan.tensors.push_back({scales.data[i], zero_points.data[i]});
    plan.graph.sizes.push_back(static_cast<size_t>(sizes.data[i]));
  }
  return plan;
}

Statistics* OpenSession() {
  if (!session) throw Fault("STATISTICS_CLOSED", "no statistics session is open in this process");
  return session.get();
}

}  // namespace

Napi::Value OpenStatistics(const Napi::Object& request) {
  session.reset();
  session = std::make_unique<Statistics>(ByteView(request, "model"), Size(request, "arenaBytes"),
                                         ReadPlan(request));
  return Napi::Object::New(request.Env());
}

Napi::Value AddStatistics(const Napi::Object& request) {
  const auto seed = static_cast<uint64_t>(Size(request, "seed"));
  const auto squared = OpenSession()->Add(ByteView(request, "inputs"), Size(request, "samples"), seed,
                                          Size(request, "firstSample"));
  Napi::Array layers = Napi::Array::New(request.Env(), squared.size());
  for (uint32_t i = 0; i < squared.size(); ++i) layers.Set(i, ToArray(request.Env(), squared[i]));
  Napi::Object result = Napi::Object::New(request.Env());
  result.Set("squaredGradients", layers);
  return result;
}

Napi::Value CloseStatistics(const Napi::Object& request) {
  const Napi::Env env = request.Env();
  std::vector<PatchMoments>& moments = OpenSession()->moments();
  Napi::Array layers = Napi::Array::New(env, moments.size());
  for (uint32_t i = 0; i < moments.size(); ++i) {
    Napi::Object layer = Napi::Object::New(env);
    layer.Set("sums", ToArray(env, moments[i].Sums()));
    layer.Set("count", moments[i].Count());
    layers.Set(i, layer);
  }
  session.reset();
  Napi::Object result = Napi::Object::New(env);
  result.Set("moments", layers);
  return result;
}

}  // namespace js
}  // namespace dtmm
