// Gradients of the cross-entropy with true labels by the weights of a dense network.
#pragma once

#include <vector>

#include "network/network.h"
#include "runs.h"

namespace dtmm {

// For each operator of `observed`, in the filter's layout: the sum over the samples of weight times gradient,
// rounded activations, straight-through. Throws Fault NETWORK_PLAN for an operator without a forward pass,
// for samples or labels that do not fit, and for an output that is not a row of classes.
std::vector<std::vector<double>> WeightTimesGradient(const Network& network, const std::vector<int>& observed,
                                                     Bytes inputs, size_t samples,
                                                     const std::vector<int>& labels, size_t threads);

}  // namespace dtmm
