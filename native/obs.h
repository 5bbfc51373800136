// Group optimal brain surgeon: which groups of a filter's weights go first, and what that costs.
//
// Hassibi and Stork, "Second order derivatives for network pruning: optimal brain surgeon" (NIPS 1992), with
// groups of weights in place of single ones and one Hessian per layer: H = mean of x x^T over input patches.
#pragma once

#include <cstdint>
#include <vector>

#include "layer_problem.h"

namespace dtmm {

struct RemovalCurves {
  // [bundles][groups]: the group removed at each step; -1 once all are gone.
  std::vector<int32_t> order;
  // [bundles][groups + 1]: loss after so many removals, with all other weights re-fitted.
  std::vector<double> loss;
};

// Greedy removal of the groups that are there from every filter. A removal costs the mean squared output
// error times the filter's price, summed over the bundle.
//   prices  [rows]
// Where a filter has many groups, the cheapest few are taken at once: a sixteenth of those left.
RemovalCurves RemoveGroups(const LayerProblem& problem, const double* prices);

}  // namespace dtmm
