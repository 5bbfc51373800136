// What the activations of a float model are like over some samples, as the tree's own kernels compute them.
#pragma once

#include <vector>

#include "runs.h"

namespace dtmm {

// One activation. The histogram has equal bins between the bounds that were asked for.
struct ActivationStatistics {
  float min = 0;
  float max = 0;
  std::vector<double> channel_sums;     // by index along the last dimension
  std::vector<double> channel_largest;  // magnitudes, likewise
  std::vector<double> histogram;        // empty where no bounds were given
};

// Activations to look at: indices of the main subgraph, each with its channels and, if wanted, the bounds of
// its histogram. The first one is the model's input.
struct ActivationRequest {
  std::vector<int> tensors;
  std::vector<int> channels;
  std::vector<float> bounds;  // [tensors][low, high], or empty
};

// Throws Fault FLOAT_RANGES for a request that does not fit the model, and what Interpreter throws.
std::vector<ActivationStatistics> ObserveActivations(Bytes model, size_t arena_bytes, const Samples& samples,
                                                     const ActivationRequest& request);

}  // namespace dtmm
