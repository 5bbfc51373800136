#include "network/channel_independence.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "fault.h"
#include "network/forward.h"
#include "network/parallel.h"

namespace dtmm {
namespace {

// Samples whose activations are held at once, by each thread.
constexpr size_t kBatch = 8;

using Matrix = Eigen::MatrixXd;
using Index = Eigen::Index;

void CheckRequest(const Network& network, const std::vector<int>& tensors, const std::vector<int>& channels,
                  Bytes inputs, size_t samples) {
  CheckForward(network);
  bool fits = inputs.size == samples * network.tensors[static_cast<size_t>(network.input)].size &&
              tensors.size() == channels.size();
  for (size_t i = 0; fits && i < tensors.size(); ++i) {
    const bool known = tensors[i] >= 0 && static_cast<size_t>(tensors[i]) < network.tensors.size();
    fits = known && channels[i] > 0 &&
           network.tensors[static_cast<size_t>(tensors[i])].size % static_cast<size_t>(channels[i]) == 0;
  }
  if (!fits) throw Fault("NETWORK_PLAN", "network, samples and channels do not fit together");
}

// Sum of the singular values of the matrix that `gram` is the product of with its transpose.
double NuclearNorm(const Matrix& gram) {
  if (gram.rows() == 0) return 0;
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(gram, Eigen::EigenvaluesOnly);
  return solver.eigenvalues().cwiseMax(0).cwiseSqrt().sum();
}

// `gram` without one row and column.
Matrix Without(const Matrix& gram, Index gone) {
  const Index n = gram.rows() - 1;
  Matrix rest(n, n);
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < n; ++j) rest(i, j) = gram(i + (i >= gone), j + (j >= gone));
  }
  return rest;
}

// What each row of `map` [channels][positions] adds to the nuclear norm.
void Scores(const Matrix& map, double* scores) {
  const bool wide = map.rows() <= map.cols();
  const Matrix gram = wide ? Matrix(map * map.transpose()) : Matrix(map.transpose() * map);
  const double whole = NuclearNorm(gram);
  for (Index row = 0; row < map.rows(); ++row) {
    const Matrix rest = wide ? Without(gram, row) : Matrix(gram - map.row(row).transpose() * map.row(row));
    scores[row] = whole - NuclearNorm(rest);
  }
}

}  // namespace

std::vector<std::vector<double>> ChannelIndependence(const Network& network, const std::vector<int>& tensors,
                                                     const std::vector<int>& channels, Bytes inputs,
                                                     size_t samples, size_t threads) {
  CheckRequest(network, tensors, channels, inputs, samples);
  const auto input = static_cast<size_t>(network.input);
  const size_t size = network.tensors[input].size;
  const auto* bytes = reinterpret_cast<const int8_t*>(inputs.data);
  std::vector<std::vector<double>> by_sample(tensors.size());
  for (size_t t = 0; t < tensors.size(); ++t) by_sample[t].resize(samples * static_cast<size_t>(channels[t]));
  ForEachPart((samples + kBatch - 1) / kBatch, threads, [&](size_t part) {
    const size_t first = part * kBatch;
    const size_t count = std::min(kBatch, samples - first);
    Activations activations(network.tensors.size());
    activations[input].resize(count * size);
    Dequantize(network.tensors[input], bytes + first * size, count * size, activations[input].data());
    for (const NetworkOperator& op : network.operators)
      Forward(network, op, count, Rounding::kInt8, &activations);
    for (size_t t = 0; t < tensors.size(); ++t) {
      const auto& values = activations[static_cast<size_t>(tensors[t])];
      const auto rows = static_cast<size_t>(channels[t]);
      const size_t positions = values.size() / count / rows;
      Matrix map(static_cast<Index>(rows), static_cast<Index>(positions));
      for (size_t s = 0; s < count; ++s) {
        // NHWC: the channels of a position are neighbours, as a column's rows are.
        for (size_t i = 0; i < rows * positions; ++i) map.data()[i] = values[s * rows * positions + i];
        Scores(map, by_sample[t].data() + (first + s) * rows);
      }
    }
  });
  std::vector<std::vector<double>> sums;
  for (size_t t = 0; t < tensors.size(); ++t) {
    const auto rows = static_cast<size_t>(channels[t]);
    std::vector<double> sum(rows);
    for (size_t i = 0; i < by_sample[t].size(); ++i) sum[i % rows] += by_sample[t][i];
    sums.push_back(std::move(sum));
  }
  return sums;
}

}  // namespace dtmm
