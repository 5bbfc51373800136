#include "network/tape.h"

namespace dtmm {

void Tape::Reset(size_t samples) {
  samples_ = samples;
  for (Values& gradient : gradients_) gradient.clear();
}

Values& Tape::GradientOf(int tensor) {
  const auto index = static_cast<size_t>(tensor);
  Values& gradient = gradients_[index];
  if (gradient.empty()) gradient.assign(samples_ * network_->tensors[index].size, 0.0f);
  return gradient;
}

void Tape::Step(const NetworkOperator& op, const Activations& activations) {
  if (op.kind == OperatorKind::kUnknown) return;
  const Values& output = activations[static_cast<size_t>(op.output)];
  const Values& from = GradientOf(op.output);
  Values& to = GradientOf(op.inputs[0]);
  switch (op.kind) {
    case OperatorKind::kConv:
      return ConvBackward(op, samples_, from, &to);
    case OperatorKind::kDepthwiseConv:
      return DepthwiseConvBackward(op, samples_, from, &to);
    case OperatorKind::kAdd:
      for (const int input : op.inputs) CopyBackward(from, &GradientOf(input));
      return;
    case OperatorKind::kMaxPool:
      return MaxPoolBackward(op, samples_, activations[static_cast<size_t>(op.inputs[0])], from, &to);
    case OperatorKind::kAveragePool:
      return AveragePoolBackward(op, samples_, from, &to);
    case OperatorKind::kMean:
      return MeanBackward(op, samples_, from, &to);
    case OperatorKind::kCopy:
    case OperatorKind::kRelu:
      return CopyBackward(from, &to);
    case OperatorKind::kLogistic:
      return LogisticBackward(output, from, &to);
    case OperatorKind::kSoftmax:
      return SoftmaxBackward(op, output, from, &to);
    case OperatorKind::kConcatenation:
      return ConcatenationBackward(op, from, [this](int tensor) { return &GradientOf(tensor); });
    case OperatorKind::kPad:
      return PadBackward(op, samples_, from, &to);
    case OperatorKind::kUnknown:
      return;
  }
}

void Tape::Walk(const Activations& activations, size_t first, size_t last, const Visit& visit) {
  for (size_t index = last; index-- > first;) {
    const NetworkOperator& op = network_->operators[index];
    Values& gradient = GradientOf(op.output);
    MaskClamped(op, activations[static_cast<size_t>(op.output)], &gradient);
    visit(index, gradient);
    if (index > first) Step(op, activations);
  }
}

}  // namespace dtmm
