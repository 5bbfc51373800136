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

// H of one layer: damped, and its inverse, which all filters share that still have all of their groups.
class Curvature {
 public:
  explicit Curvature(const LayerProblem& problem) : hessian_(DampedMean(problem)) {}

  const Matrix& Hessian() const { return hessian_; }
  // Computed when first asked for.
  const Matrix& Inverse();

 private:
  Matrix hessian_;
  Matrix inverse_;
};

// Greedy removal of the groups that are there from every filter. A removal costs the mean squared output
// error times the filter's price, summed over the bundle.
//   prices     [rows]
//   curvature  of the problem's moments; problems of one layer that are cut differently share it
// Where a filter has many groups, the cheapest few are taken at once: a sixteenth of those left.
RemovalCurves RemoveGroups(const LayerProblem& problem, const double* prices, Curvature* curvature);

}  // namespace dtmm
