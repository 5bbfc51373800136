#include "network/network.h"

#include <algorithm>
#include <cmath>

#include "fault.h"

namespace dtmm {

void CheckForward(const Network& network) {
  for (size_t i = 0; i < network.operators.size(); ++i) {
    if (network.operators[i].kind != OperatorKind::kUnknown) continue;
    throw Fault("NETWORK_PLAN", "operator " + std::to_string(i) + " is of a kind that has no forward pass");
  }
}

LossPoint FindLossPoint(const Network& network) {
  const NetworkOperator& last = network.operators.back();
  const bool softmax = network.loss == LossKind::kClasses && last.kind == OperatorKind::kSoftmax &&
                       last.output == network.output;
  if (softmax) return {last.inputs[0], last.beta, network.operators.size() - 1};
  return {network.output, 1.0f, network.operators.size()};
}

std::vector<double> Softmax(const float* logits, size_t count, double beta) {
  const double top = *std::max_element(logits, logits + count);
  std::vector<double> p(count);
  double sum = 0;
  for (size_t i = 0; i < count; ++i) sum += p[i] = std::exp(beta * (logits[i] - top));
  for (double& value : p) value /= sum;
  return p;
}

}  // namespace dtmm
