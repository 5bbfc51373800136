#include "layer_problem.h"

namespace dtmm {
namespace {

Eigen::Map<const Matrix> Moments(const LayerProblem& problem) {
  return {problem.moments, problem.order, problem.order};
}

}  // namespace

double DampingOf(const LayerProblem& problem) {
  const double mean_diagonal = Moments(problem).diagonal().head(problem.order - 1).mean() / problem.count;
  // A layer whose inputs are all at the zero point has no curvature at all: any positive number will do.
  return mean_diagonal > 0 ? problem.damping * mean_diagonal : 1.0;
}

Matrix DampedMean(const LayerProblem& problem) {
  Matrix h = Moments(problem) / problem.count;
  h.diagonal().head(problem.order - 1).array() += DampingOf(problem);
  return h;
}

std::vector<Index> KeptWeights(const LayerProblem& problem, int bundle) {
  const uint8_t* keep = problem.keep + static_cast<size_t>(bundle) * static_cast<size_t>(problem.Groups());
  std::vector<Index> kept;
  for (int g = 0; g < problem.Groups(); ++g) {
    if (!keep[g]) continue;
    for (Index i = problem.offsets[static_cast<size_t>(g)]; i < problem.offsets[static_cast<size_t>(g) + 1];
         ++i)
      kept.push_back(i);
  }
  kept.push_back(problem.order - 1);
  return kept;
}

}  // namespace dtmm
