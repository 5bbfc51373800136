// Group optimal brain surgeon: which groups of a filter's weights go first, and what that costs.
//
// Hassibi and Stork, "Second order derivatives for network pruning: optimal brain surgeon" (NIPS 1992), with
// groups of weights in place of single ones and one Hessian per layer: H = mean of x x^T over input patches.
#pragma once

#include <cstdint>
#include <vector>

namespace dtmm {

// One layer's least-squares problem. All weights are in units of output per unit of input, so that
// w^T H w is the mean squared contribution to the output.
struct LayerProblem {
  // Order of the moments: weights per filter plus one for the bias, which is never removed.
  int order = 0;
  // Sum of x x^T (order x order, symmetric) and the number of patches in it.
  const double* moments = nullptr;
  double count = 0;
  // Added to the diagonal of every weight, as a share of the diagonal's mean: inputs that never vary would
  // otherwise make the problem singular.
  double damping = 0.01;
};

struct RemovalCurves {
  // [rows][groups]: the group removed at each step.
  std::vector<int32_t> order;
  // [rows][groups + 1]: mean squared output error after so many removals, with all other weights re-fitted.
  std::vector<double> loss;
};

// Greedy removal of groups from `rows` filters that share the layer's moments.
//   weights  [rows][order], the bias last
//   groups   number of groups; group g holds the weights [g * group_size, (g + 1) * group_size)
RemovalCurves RemoveGroups(const LayerProblem& problem, const double* weights, int rows, int groups,
                           int group_size);

// The weights that come closest to the dense filters' outputs when only the kept ones may differ from zero:
// for each row, argmin over w with the mask's support of (w - w0)^T H (w - w0). This is where the removals of
// RemoveGroups end for the same mask, in whatever order they were made. Rows that keep everything keep their
// very weights.
//   keep     [rows][groups], 1 = the group stays
//   limit    0 for real weights; otherwise weights and bias are whole numbers, the weights within +-limit,
//   and each
//            rounding error is made up for by the weights that are still to be rounded (Frantar et al.,
//            "OPTQ: accurate quantization for generative pre-trained transformers", ICLR 2023)
// Returns [rows][order].
std::vector<double> SolveMasked(const LayerProblem& problem, const double* weights, const uint8_t* keep,
                                int rows, int groups, int group_size, int limit);

}  // namespace dtmm
