// The backward pass through a quantised graph: gradients of a loss at the outputs of its operators and by its
// weights.
//
// The derivative of rounding is taken as one and that of clamping as zero where the value is clamped
// (straight-through estimation, Bengio et al., "Estimating or propagating gradients through stochastic
// neurons", 2013).
#pragma once

#include <functional>
#include <vector>

#include "network/backward_ops.h"
#include "network/network.h"

namespace dtmm {

class Tape {
 public:
  explicit Tape(const Network* network) : network_(network), gradients_(network->tensors.size()) {}

  // Forgets the gradients of the batch before; the next one has `samples` samples.
  void Reset(size_t samples);

  // The gradient at a tensor, zeros at first. The caller puts the loss in here.
  Values& GradientOf(int tensor);

  // Called with an operator's index and the gradient at its output before its fused activation.
  using Visit = std::function<void(size_t op, const Values& gradient)>;

  // Walks from operator `last` - 1 down to `first`. `visit` sees every operator on the way.
  void Walk(const Activations& activations, size_t first, size_t last, const Visit& visit);

 private:
  void Step(const NetworkOperator& op, const Activations& activations);

  const Network* network_;
  size_t samples_ = 1;
  std::vector<Values> gradients_;
};

}  // namespace dtmm
