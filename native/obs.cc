#include "obs.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <numeric>

namespace dtmm {
namespace {

// Groups that go at once: one in so many of those left.
constexpr size_t kChunk = 16;

// A bundle of filters and the inverse of the Hessian on what is left of it.
struct State {
  Matrix inverse;              // order of the remaining weights, the bias last
  Matrix weights;              // [remaining order][filters of the bundle]
  std::vector<int> remaining;  // groups still there; their weights lie one after the other
};

// A range of the state's rows.
struct Span {
  Index start = 0;
  Index size = 0;
};

class Surgeon {
 public:
  // `prices` are those of the bundle's filters.
  Surgeon(const std::vector<int>& offsets, const double* prices, State state)
      : offsets_(offsets), prices_(prices, state.weights.cols()), state_(std::move(state)) {}

  bool Done() const { return state_.remaining.empty(); }

  struct Removal {
    int group;
    double cost;
  };

  // Removes the cheapest groups that are left, the cheapest first, and says what each costs when those before
  // it are gone.
  std::vector<Removal> Remove() {
    const std::vector<Span> spans = Spans();
    const std::vector<size_t> slots = Cheapest(spans);
    std::vector<bool> gone(spans.size());
    std::vector<Index> out;
    for (const size_t slot : slots) {
      gone[slot] = true;
      for (Index i = 0; i < spans[slot].size; ++i) out.push_back(spans[slot].start + i);
    }
    std::vector<Index> rest;
    std::vector<int> remaining;
    for (size_t slot = 0; slot < spans.size(); ++slot) {
      if (gone[slot]) continue;
      remaining.push_back(state_.remaining[slot]);
      for (Index i = 0; i < spans[slot].size; ++i) rest.push_back(spans[slot].start + i);
    }
    rest.push_back(state_.inverse.rows() - 1);

    const Vector costs = Eliminate(out, rest);
    std::vector<Removal> removals;
    Index at = 0;
    for (const size_t slot : slots) {
      removals.push_back({state_.remaining[slot], costs.segment(at, spans[slot].size).sum()});
      at += spans[slot].size;
    }
    state_.remaining = std::move(remaining);
    return removals;
  }

 private:
  std::vector<Span> Spans() const {
    std::vector<Span> spans;
    Index at = 0;
    for (const int group : state_.remaining) {
      const auto g = static_cast<size_t>(group);
      spans.push_back({at, offsets_[g + 1] - offsets_[g]});
      at += spans.back().size;
    }
    return spans;
  }

  // Slots of the groups that cost least when removed alone.
  std::vector<size_t> Cheapest(const std::vector<Span>& spans) const {
    std::vector<double> cost;
    for (const Span& span : spans) {
      const Eigen::LLT<Matrix> factor(state_.inverse.block(span.start, span.start, span.size, span.size));
      const Matrix scaled = factor.matrixL().solve(state_.weights.middleRows(span.start, span.size));
      cost.push_back(scaled.colwise().squaredNorm().dot(prices_));
    }
    std::vector<size_t> slots(spans.size());
    std::iota(slots.begin(), slots.end(), 0);
    std::stable_sort(slots.begin(), slots.end(), [&](size_t a, size_t b) { return cost[a] < cost[b]; });
    slots.resize(std::max<size_t>(1, slots.size() / kChunk));
    return slots;
  }

  // Takes the weights at `out` away: those at `rest` make up for them, the inverse loses their rows and
  // columns by block elimination. Returns the cost of every weight, given that those before it are gone.
  Vector Eliminate(const std::vector<Index>& out, const std::vector<Index>& rest) {
    const Eigen::LLT<Matrix> factor(Matrix(state_.inverse(out, out)));
    const Matrix residual = factor.matrixL().solve(Matrix(state_.weights(out, Eigen::all)));
    const Matrix half = factor.matrixL().solve(Matrix(state_.inverse(out, rest)));
    Matrix inverse = state_.inverse(rest, rest);
    inverse.selfadjointView<Eigen::Lower>().rankUpdate(half.transpose(), -1.0);
    inverse.triangularView<Eigen::StrictlyUpper>() = inverse.transpose();
    Matrix weights = state_.weights(rest, Eigen::all);
    weights.noalias() -= half.transpose() * residual;
    state_.inverse = std::move(inverse);
    state_.weights = std::move(weights);
    return residual.array().square().matrix() * prices_.transpose();
  }

  const std::vector<int>& offsets_;
  Eigen::Map<const Eigen::RowVectorXd> prices_;
  State state_;
};

// The bundle before the first removal.
State InitialState(const LayerProblem& problem, int bundle, Curvature* curvature) {
  const Index first = static_cast<Index>(bundle) * problem.bundle;
  const Index filters = std::min<Index>(problem.bundle, problem.rows - first);
  const Eigen::Map<const Matrix> weights(problem.weights + first * problem.order, problem.order, filters);
  const std::vector<Index> kept = KeptWeights(problem, bundle);
  State state;
  for (int group = 0; group < problem.Groups(); ++group) {
    if (problem.keep[static_cast<size_t>(bundle) * static_cast<size_t>(problem.Groups()) + group])
      state.remaining.push_back(group);
  }
  state.weights = weights(kept, Eigen::all);
  if (static_cast<int>(kept.size()) == problem.order) {
    state.inverse = curvature->Inverse();
  } else {
    const auto n = static_cast<Index>(kept.size());
    state.inverse = Matrix(curvature->Hessian()(kept, kept)).llt().solve(Matrix::Identity(n, n));
  }
  return state;
}

}  // namespace

const Matrix& Curvature::Inverse() {
  if (inverse_.size() == 0) {
    inverse_ = hessian_.llt().solve(Matrix::Identity(hessian_.rows(), hessian_.rows()));
  }
  return inverse_;
}

RemovalCurves RemoveGroups(const LayerProblem& problem, const double* prices, Curvature* curvature) {
  const auto groups = static_cast<size_t>(problem.Groups());
  const auto bundles = static_cast<size_t>(problem.Bundles());
  RemovalCurves curves;
  curves.order.assign(bundles * groups, -1);
  curves.loss.assign(bundles * (groups + 1), 0.0);
  for (size_t bundle = 0; bundle < bundles; ++bundle) {
    Surgeon surgeon(problem.offsets, prices + bundle * static_cast<size_t>(problem.bundle),
                    InitialState(problem, static_cast<int>(bundle), curvature));
    int32_t* order = curves.order.data() + bundle * groups;
    double* loss = curves.loss.data() + bundle * (groups + 1);
    size_t step = 0;
    while (!surgeon.Done()) {
      for (const auto& removal : surgeon.Remove()) {
        order[step] = removal.group;
        loss[step + 1] = loss[step] + removal.cost;
        ++step;
      }
    }
    for (; step < groups; ++step) loss[step + 1] = loss[step];
  }
  return curves;
}

}  // namespace dtmm
