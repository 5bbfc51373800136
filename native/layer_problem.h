// The least-squares problem of one layer with weights.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

namespace dtmm {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;
using Eigen::Index;

struct LayerProblem {
  // Order of the moments: weights per filter plus one for the bias, which is never removed.
  int order = 0;
  // Sum of x x^T (order x order, symmetric) and the number of patches in it.
  const double* moments = nullptr;
  double count = 0;
  // [rows][order]: the filters, the bias last.
  const double* weights = nullptr;
  int rows = 0;
  // Group g holds the weights [offsets[g], offsets[g + 1]); the last offset is order - 1.
  std::vector<int> offsets;
  // Neighbouring filters that lose a group together; the last bundle may be smaller.
  int bundle = 1;
  // [bundles][groups]: 1 = the group is there.
  const uint8_t* keep = nullptr;
  // Added to the diagonal of every weight, as a share of the diagonal's mean: inputs that never vary would
  // otherwise make the problem singular.
  double damping = 0.01;

  int Groups() const { return static_cast<int>(offsets.size()) - 1; }
  int Bundles() const { return (rows + bundle - 1) / bundle; }
};

// The damped mean of x x^T.
Matrix DampedMean(const LayerProblem& problem);

// What DampedMean adds to the diagonal of every weight.
double DampingOf(const LayerProblem& problem);

// Indices of the weights of a bundle's kept groups, and of the bias at last.
std::vector<Index> KeptWeights(const LayerProblem& problem, int bundle);

}  // namespace dtmm
