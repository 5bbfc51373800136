#include "fisher.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "random.h"

namespace dtmm {
namespace {

// Temperature of the softmax, as in distillation (Hinton, Vinyals, Dean, "Distilling the knowledge in a
// neural network", 2015): at 1 a network that is sure of its inputs says next to nothing about the other
// classes.
constexpr double kSoftening = 2;
// No class counts for less, however sure the network is: about what an int8 softmax can still tell from 0.
constexpr double kLeastShare = 1.0 / 256;

}  // namespace

Fisher::Fisher(const Network* network, std::vector<int> observed)
    : network_(network), observed_(std::move(observed)), loss_(FindLossPoint(*network)), tape_(network) {}

// Puts a random direction of the outputs in. For values it is unit normal; for classes its covariance is that
// of the score of the softened class, so that the mean square is twice the divergence that a small error
// makes.
void Fisher::SeedLoss(const Values& outputs, uint64_t seed) {
  RandomStream random(seed);
  Values& gradient = tape_.GradientOf(loss_.tensor);
  std::vector<double> normal(gradient.size());
  for (double& value : normal) value = random.Normal();
  if (network_->loss != LossKind::kClasses) {
    std::copy(normal.begin(), normal.end(), gradient.begin());
    return;
  }
  std::vector<double> p = Softmax(outputs.data(), outputs.size(), loss_.beta / kSoftening);
  for (double& share : p) share = std::max(share, kLeastShare);
  const double total = std::accumulate(p.begin(), p.end(), 0.0);
  double along = 0;
  for (size_t i = 0; i < p.size(); ++i) {
    p[i] /= total;
    along += std::sqrt(p[i]) * normal[i];
  }
  for (size_t i = 0; i < p.size(); ++i) {
    gradient[i] = static_cast<float>(loss_.beta * (std::sqrt(p[i]) * normal[i] - p[i] * along));
  }
}

std::vector<std::vector<double>> Fisher::SquaredGradients(const Activations& activations, uint64_t seed) {
  std::vector<std::vector<double>> squared(observed_.size());
  if (observed_.empty()) return squared;
  tape_.Reset(1);
  SeedLoss(activations[static_cast<size_t>(loss_.tensor)], seed);
  const auto first = static_cast<size_t>(observed_.front());
  tape_.Walk(activations, first, loss_.operator_count, [&](size_t op, const Values& gradient) {
    const auto found = std::lower_bound(observed_.begin(), observed_.end(), static_cast<int>(op));
    if (found == observed_.end() || *found != static_cast<int>(op)) return;
    std::vector<double>& sums = squared[static_cast<size_t>(found - observed_.begin())];
    const auto channels = static_cast<size_t>(network_->operators[op].geometry.output_channels);
    sums.assign(channels, 0.0);
    for (size_t i = 0; i < gradient.size(); ++i) {
      sums[i % channels] += static_cast<double>(gradient[i]) * gradient[i];
    }
  });
  return squared;
}

}  // namespace dtmm
