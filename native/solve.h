// The weights that a masked layer has to have.
#pragma once

#include <vector>

#include "layer_problem.h"

namespace dtmm {

struct SolveRequest {
  // [rows][order]: sum of wanted output times x, in the weights' units. Without it the wanted output is that
  // of the dense filters for the same x, and rows that keep everything keep their very weights.
  const double* cross = nullptr;
  // 0 for real weights; otherwise weights and bias are whole numbers, the weights within +-limit, and each
  // rounding error is made up for by the weights that are still to be rounded (Frantar et al., "OPTQ:
  // accurate quantization for generative pre-trained transformers", ICLR 2023).
  int limit = 0;
  // Whether a filter may have a new scale, where that makes the rounding error smaller.
  bool rescale = false;
};

struct Solution {
  std::vector<double> weights;  // [rows][order], in units of the new scale
  std::vector<double> ratio;    // [rows]: new scale by old scale
};

// The weights that come closest to the wanted outputs when only the kept ones may differ from zero: for each
// row, argmin over w with the mask's support of the mean squared output error, plus the damping times the
// squared distance from the given weights. On the dense network's own inputs this is where the removals of
// RemoveGroups end for the same mask, in whatever order they were made.
Solution SolveMasked(const LayerProblem& problem, const SolveRequest& request);

}  // namespace dtmm
