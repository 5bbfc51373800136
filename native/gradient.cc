#include "gradient.h"

#include <algorithm>
#include <cmath>

#include "gradient_ops.h"
#include "random.h"

namespace dtmm {
namespace {

std::vector<double> Softmax(const std::vector<float>& logits, float beta) {
  const double top = *std::max_element(logits.begin(), logits.end());
  std::vector<double> p(logits.size());
  double sum = 0;
  for (size_t i = 0; i < p.size(); ++i) sum += p[i] = std::exp(beta * (logits[i] - top));
  for (double& value : p) value /= sum;
  return p;
}

size_t Draw(const std::vector<double>& p, double uniform) {
  double sum = 0;
  for (size_t i = 0; i + 1 < p.size(); ++i) {
    sum += p[i];
    if (uniform < sum) return i;
  }
  return p.size() - 1;
}

}  // namespace

GradientTape::GradientTape(GradientGraph graph) : graph_(std::move(graph)), gradients_(graph_.sizes.size()) {
  first_needed_ = graph_.observed.empty() ? 0 : graph_.observed.front();
  seeded_ = graph_.operators.size();
}

std::vector<float>& GradientTape::GradientOf(int tensor) {
  std::vector<float>& gradient = gradients_[static_cast<size_t>(tensor)];
  if (gradient.empty()) gradient.assign(graph_.sizes[static_cast<size_t>(tensor)], 0.0f);
  return gradient;
}

// Puts the gradient of the loss at the model's output, or at the logits where the output is their softmax:
// there it is exact however far the int8 probabilities have saturated.
void GradientTape::SeedLoss(const Activations& activations, uint64_t seed) {
  RandomStream random(seed);
  seeded_ = graph_.operators.size();
  if (graph_.loss == LossKind::kValues) {
    for (float& g : GradientOf(graph_.output)) g = static_cast<float>(random.Normal());
    return;
  }
  int logits = graph_.output;
  float beta = 1;
  const GradientOperator& last = graph_.operators.back();
  if (last.kind == OperatorKind::kSoftmax && last.output == graph_.output) {
    logits = last.inputs[0];
    beta = last.beta;
    seeded_ = graph_.operators.size() - 1;
  }
  const std::vector<double> p = Softmax(activations[static_cast<size_t>(logits)], beta);
  const size_t label = Draw(p, random.Uniform());
  std::vector<float>& gradient = GradientOf(logits);
  for (size_t i = 0; i < p.size(); ++i)
    gradient[i] = static_cast<float>(beta * (p[i] - (i == label ? 1.0 : 0.0)));
}

void GradientTape::Backward(const GradientOperator& op, const Activations& activations) {
  const std::vector<float>& output = activations[static_cast<size_t>(op.output)];
  std::vector<float>& from = GradientOf(op.output);
  switch (op.kind) {
    case OperatorKind::kConv:
      ConvBackward(op, from, &GradientOf(op.inputs[0]));
      break;
    case OperatorKind::kDepthwiseConv:
      DepthwiseConvBackward(op, from, &GradientOf(op.inputs[0]));
      break;
    case OperatorKind::kFullyConnected:
      FullyConnectedBackward(op, from, &GradientOf(op.inputs[0]));
      break;
    case OperatorKind::kAdd:
      for (const int input : op.inputs) CopyBackward(from, &GradientOf(input));
      break;
    case OperatorKind::kMaxPool:
      MaxPoolBackward(op, activations[static_cast<size_t>(op.inputs[0])], from, &GradientOf(op.inputs[0]));
      break;
    case OperatorKind::kAveragePool:
      AveragePoolBackward(op, from, &GradientOf(op.inputs[0]));
      break;
    case OperatorKind::kMean:
      MeanBackward(op, from, &GradientOf(op.inputs[0]));
      break;
    case OperatorKind::kCopy:
    case OperatorKind::kRelu:
      CopyBackward(from, &GradientOf(op.inputs[0]));
      break;
    case OperatorKind::kLogistic: {
      std::vector<float>& to = GradientOf(op.inputs[0]);
      for (size_t i = 0; i < to.size(); ++i) to[i] += from[i] * output[i] * (1 - output[i]);
      break;
    }
    case OperatorKind::kSoftmax:
      SoftmaxBackward(op, output, from, &GradientOf(op.inputs[0]));
      break;
    case OperatorKind::kConcatenation:
      ConcatenationBackward(op, graph_.sizes, from, [this](int tensor) { return &GradientOf(tensor); });
      break;
    case OperatorKind::kPad:
      PadBackward(op, from, &GradientOf(op.inputs[0]));
      break;
    case OperatorKind::kUnknown:
      break;
  }
}

std::vector<std::vector<double>> GradientTape::SquaredGradients(const Activations& activations,
                                                                uint64_t seed) {
  for (auto& gradient : gradients_) gradient.clear();
  SeedLoss(activations, seed);

  std::vector<std::vector<double>> squared(graph_.observed.size());
  size_t observed = graph_.observed.size();
  for (int index = static_cast<int>(seeded_) - 1; index >= first_needed_; --index) {
    const GradientOperator& op = graph_.operators[static_cast<size_t>(index)];
    std::vector<float>& gradient = GradientOf(op.output);
    MaskClamped(op, activations[static_cast<size_t>(op.output)], &gradient);
    if (observed > 0 && graph_.observed[observed - 1] == index) {
      --observed;
      const auto channels = static_cast<size_t>(op.geometry.output_channels);
      squared[observed].assign(channels, 0.0);
      for (size_t i = 0; i < gradient.size(); ++i) {
        squared[observed][i % channels] += static_cast<double>(gradient[i]) * gradient[i];
      }
    }
    if (index > first_needed_) Backward(op, activations);
  }
  return squared;
}

}  // namespace dtmm
