#include "solve.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

namespace dtmm {
namespace {

// The kept weights of a filter in the order in which they are rounded, and the factors of their Hessian.
class Masked {
 public:
  Masked(const Matrix& hessian, std::vector<Index> kept) : kept_(std::move(kept)) {
    // The weights of the strongest inputs are rounded first, while there are most others to make up for them.
    std::stable_sort(kept_.begin(), kept_.end() - 1,
                     [&](Index a, Index b) { return hessian(a, a) > hessian(b, b); });
    hessian_ = hessian(kept_, kept_);
    factor_.compute(hessian_);
  }

  const std::vector<Index>& kept() const { return kept_; }
  Vector Solve(const Vector& target) const { return factor_.solve(target); }
  // e^T H e
  double Error(const Vector& e) const { return e.dot(hessian_.selfadjointView<Eigen::Lower>() * e); }

  // Rounds the weights one after the other, the bias last, and after each moves those that are left so that
  // the squared output error grows least.
  Vector Round(Vector weights, int limit) {
    const Index n = weights.size();
    if (lower_.size() == 0) lower_ = Matrix(factor_.solve(Matrix::Identity(n, n))).llt().matrixL();
    for (Index i = 0; i < n; ++i) {
      const double bound = i + 1 < n ? limit : std::numeric_limits<double>::infinity();
      const double rounded = std::round(std::clamp(weights[i], -bound, bound));
      const double error = (weights[i] - rounded) / lower_(i, i);
      weights[i] = rounded;
      const Index left = n - i - 1;
      weights.tail(left) -= error * lower_.col(i).tail(left);
    }
    return weights;
  }

 private:
  std::vector<Index> kept_;
  Matrix hessian_;
  Eigen::LLT<Matrix> factor_;
  Matrix lower_;  // Cholesky factor of the inverse, made when first asked for
};

struct Rounded {
  Vector weights;
  double ratio = 1;
};

// Whole weights on the old scale, or on the one that just holds the largest weight if that loses less.
Rounded RoundOnBestScale(Masked* masked, const Vector& solution, const SolveRequest& request) {
  Rounded best{masked->Round(solution, request.limit), 1};
  if (!request.rescale || solution.size() == 1) return best;
  const double largest = solution.head(solution.size() - 1).cwiseAbs().maxCoeff();
  if (!(largest > 0)) return best;
  const double ratio = largest / request.limit;
  Rounded other{masked->Round(solution / ratio, request.limit), ratio};
  const double on_old = masked->Error(best.weights - solution);
  const double on_new = masked->Error(other.weights * ratio - solution);
  return on_new < on_old ? other : best;
}

}  // namespace

Solution SolveMasked(const LayerProblem& problem, const SolveRequest& request) {
  const Index n = problem.order;
  const Matrix h = DampedMean(problem);
  const Eigen::Map<const Matrix> given(problem.weights, n, problem.rows);
  Matrix target;
  if (request.cross == nullptr) {
    target = h * given;
  } else {
    target = Eigen::Map<const Matrix>(request.cross, n, problem.rows) / problem.count;
    target.topRows(n - 1) += DampingOf(problem) * given.topRows(n - 1);
  }
  Solution solution;
  solution.weights.assign(static_cast<size_t>(n) * static_cast<size_t>(problem.rows), 0.0);
  solution.ratio.assign(static_cast<size_t>(problem.rows), 1.0);
  std::unique_ptr<Masked> masked;
  std::vector<Index>
      masked_kept;  // neighbours often have the same mask: all filters of a dense layer, bundles
  for (Index row = 0; row < problem.rows; ++row) {
    std::vector<Index> kept = KeptWeights(problem, static_cast<int>(row) / problem.bundle);
    double* out = solution.weights.data() + row * n;
    if (static_cast<Index>(kept.size()) == n && request.cross == nullptr) {
      Eigen::Map<Vector>(out, n) = given.col(row);
      continue;
    }
    if (kept != masked_kept) {
      masked = std::make_unique<Masked>(h, kept);
      masked_kept = std::move(kept);
    }
    Rounded result{masked->Solve(target.col(row)(masked->kept())), 1};
    if (request.limit > 0) result = RoundOnBestScale(masked.get(), result.weights, request);
    for (size_t i = 0; i < masked->kept().size(); ++i)
      out[masked->kept()[i]] = result.weights[static_cast<Index>(i)];
    solution.ratio[static_cast<size_t>(row)] = result.ratio;
  }
  return solution;
}

}  // namespace dtmm
