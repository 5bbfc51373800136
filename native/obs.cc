#include "obs.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

namespace dtmm {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;
using Eigen::Index;

// The damped mean of x x^T.
Matrix DampedMean(const LayerProblem& problem) {
  const Index n = problem.order;
  Matrix h = Eigen::Map<const Matrix>(problem.moments, n, n) / problem.count;
  const double mean_diagonal = h.diagonal().head(n - 1).mean();
  // A layer whose inputs are all at the zero point has no curvature at all: any positive number will do.
  const double damping = mean_diagonal > 0 ? problem.damping * mean_diagonal : 1.0;
  h.diagonal().head(n - 1).array() += damping;
  return h;
}

// Filters that have lost the same groups so far, and the inverse of the Hessian on what is left.
struct Node {
  Matrix inverse;              // order of the remaining weights, the bias last
  std::vector<int> remaining;  // groups still there, ascending; their weights lie one after the other
  std::vector<int> rows;       // filters in this node
  Matrix weights;              // [remaining order][rows]
  std::vector<double> loss;    // so far, per row
};

class Surgeon {
 public:
  Surgeon(int groups, int group_size, RemovalCurves* out) : groups_(groups), size_(group_size), out_(out) {}

  // Removes every remaining group from every row of the node. Rows that agree on the next group share the
  // elimination, which is the expensive part; where they part, the node is split.
  void Run(Node node) {
    while (!node.remaining.empty()) {
      std::map<int, std::vector<int>> choice = Choose(&node);
      if (choice.size() == 1) {
        Eliminate(choice.begin()->first, &node);
        continue;
      }
      for (const auto& [slot, members] : choice) {
        Node part = Split(node, members);
        Eliminate(slot, &part);
        Run(std::move(part));
      }
      return;
    }
  }

 private:
  // For each row the cheapest remaining group, as slot -> indices into node.rows; adds its cost to the row's
  // loss.
  std::map<int, std::vector<int>> Choose(Node* node) {
    const size_t rows = node->rows.size();
    std::vector<double> best(rows, std::numeric_limits<double>::infinity());
    std::vector<int> slot_of(rows, 0);
    for (int slot = 0; slot < static_cast<int>(node->remaining.size()); ++slot) {
      const Index at = static_cast<Index>(slot) * size_;
      const Eigen::LLT<Matrix> factor(node->inverse.block(at, at, size_, size_));
      const Matrix scaled = factor.matrixL().solve(node->weights.middleRows(at, size_));
      for (size_t r = 0; r < rows; ++r) {
        const double cost = scaled.col(static_cast<Index>(r)).squaredNorm();
        if (cost < best[r]) {
          best[r] = cost;
          slot_of[r] = slot;
        }
      }
    }
    std::map<int, std::vector<int>> choice;
    const size_t step = static_cast<size_t>(groups_) - node->remaining.size();
    for (size_t r = 0; r < rows; ++r) {
      choice[slot_of[r]].push_back(static_cast<int>(r));
      node->loss[r] += best[r];
      const auto row = static_cast<size_t>(node->rows[r]);
      out_->order[row * groups_ + step] = node->remaining[static_cast<size_t>(slot_of[r])];
      out_->loss[row * (groups_ + 1) + step + 1] = node->loss[r];
    }
    return choice;
  }

  static Node Split(const Node& node, const std::vector<int>& members) {
    Node part;
    part.inverse = node.inverse;
    part.remaining = node.remaining;
    part.weights.resize(node.weights.rows(), static_cast<Index>(members.size()));
    for (size_t i = 0; i < members.size(); ++i) {
      const auto from = static_cast<size_t>(members[i]);
      part.rows.push_back(node.rows[from]);
      part.loss.push_back(node.loss[from]);
      part.weights.col(static_cast<Index>(i)) = node.weights.col(members[i]);
    }
    return part;
  }

  // Takes the group at `slot` out of the node: the weights left make up for it, the inverse loses its rows
  // and columns by block elimination.
  void Eliminate(int slot, Node* node) const {
    const Index at = static_cast<Index>(slot) * size_;
    const Index before = at;
    const Index after = node->inverse.rows() - at - size_;
    const Eigen::LLT<Matrix> factor(node->inverse.block(at, at, size_, size_));
    const Matrix pull = factor.solve(node->weights.middleRows(at, size_));

    Matrix cross(before + after, size_);
    cross << node->inverse.block(0, at, before, size_), node->inverse.block(at + size_, at, after, size_);
    Matrix inverse(before + after, before + after);
    inverse.topLeftCorner(before, before) = node->inverse.topLeftCorner(before, before);
    inverse.bottomLeftCorner(after, before) = node->inverse.bottomLeftCorner(after, before);
    inverse.bottomRightCorner(after, after) = node->inverse.bottomRightCorner(after, after);
    const Matrix half = factor.matrixL().solve(cross.transpose());
    inverse.selfadjointView<Eigen::Lower>().rankUpdate(half.transpose(), -1.0);
    inverse = Matrix(inverse.selfadjointView<Eigen::Lower>());

    Matrix weights(before + after, node->weights.cols());
    weights << node->weights.topRows(before), node->weights.bottomRows(after);
    weights.noalias() -= cross * pull;

    node->inverse = std::move(inverse);
    node->weights = std::move(weights);
    node->remaining.erase(node->remaining.begin() + slot);
  }

  int groups_;
  int size_;
  RemovalCurves* out_;
};

// Indices of the weights of the kept groups, and of the bias.
std::vector<Index> KeptWeights(const uint8_t* keep, int groups, int group_size) {
  std::vector<Index> kept;
  for (Index g = 0; g < groups; ++g) {
    if (!keep[g]) continue;
    for (Index i = 0; i < group_size; ++i) kept.push_back(g * group_size + i);
  }
  kept.push_back(static_cast<Index>(groups) * group_size);
  return kept;
}

// Rounds the weights one after the other, the bias last, and after each moves those that are left so that the
// squared output error grows least. `factor` is that of their Hessian.
void RoundWithFeedback(const Eigen::LLT<Matrix>& factor, int limit, Vector* weights) {
  const Index n = weights->size();
  const Matrix inverse = factor.solve(Matrix::Identity(n, n));
  const Matrix lower = inverse.llt().matrixL();
  for (Index i = 0; i < n; ++i) {
    const double bound = i + 1 < n ? limit : std::numeric_limits<double>::infinity();
    const double rounded = std::round(std::clamp((*weights)[i], -bound, bound));
    const double error = ((*weights)[i] - rounded) / lower(i, i);
    (*weights)[i] = rounded;
    const Index left = n - i - 1;
    weights->tail(left) -= error * lower.col(i).tail(left);
  }
}

}  // namespace

RemovalCurves RemoveGroups(const LayerProblem& problem, const double* weights, int rows, int groups,
                           int group_size) {
  RemovalCurves curves;
  curves.order.resize(static_cast<size_t>(rows) * groups);
  curves.loss.resize(static_cast<size_t>(rows) * (groups + 1));
  const Index n = problem.order;

  Node root;
  root.inverse = DampedMean(problem).llt().solve(Matrix::Identity(n, n));
  root.remaining.resize(static_cast<size_t>(groups));
  std::iota(root.remaining.begin(), root.remaining.end(), 0);
  root.rows.resize(static_cast<size_t>(rows));
  std::iota(root.rows.begin(), root.rows.end(), 0);
  root.weights = Eigen::Map<const Matrix>(weights, n, rows);
  root.loss.assign(static_cast<size_t>(rows), 0.0);
  Surgeon(groups, group_size, &curves).Run(std::move(root));
  return curves;
}

std::vector<double> SolveMasked(const LayerProblem& problem, const double* weights, const uint8_t* keep,
                                int rows, int groups, int group_size, int limit) {
  const Index n = problem.order;
  const Matrix h = DampedMean(problem);
  const Matrix target = h * Eigen::Map<const Matrix>(weights, n, rows);
  std::vector<double> solved(static_cast<size_t>(n) * rows, 0.0);
  for (int row = 0; row < rows; ++row) {
    std::vector<Index> kept = KeptWeights(keep + static_cast<size_t>(row) * groups, groups, group_size);
    double* out = solved.data() + static_cast<size_t>(row) * n;
    if (static_cast<Index>(kept.size()) == n) {
      Eigen::Map<Vector>(out, n) = Eigen::Map<const Vector>(weights + static_cast<size_t>(row) * n, n);
      continue;
    }
    // The weights of the strongest inputs are rounded first, while there are most others to make up for them.
    std::stable_sort(kept.begin(), kept.end() - 1, [&h](Index a, Index b) { return h(a, a) > h(b, b); });
    const Matrix kept_h = h(kept, kept);
    const Eigen::LLT<Matrix> factor(kept_h);
    Vector solution = factor.solve(Vector(target.col(row)(kept)));
    if (limit > 0) RoundWithFeedback(factor, limit, &solution);
    for (size_t i = 0; i < kept.size(); ++i) out[kept[i]] = solution[static_cast<Index>(i)];
  }
  return solved;
}

}  // namespace dtmm
