#include "fisher.h"

#include <algorithm>
#include <numeric>

#include "random.h"

namespace dtmm {
Fisher::Fisher(const Network* network, std::vector<int> observed)
    : network_(network), observed_(std::move(observed)), loss_(FindLossPoint(*network)), tape_(network) {}

// Puts a random direction of the outputs in: unit normal, and for classes without their common part, which no
// softmax sees.
void Fisher::SeedLoss(uint64_t seed) {
  RandomStream random(seed);
  Values& gradient = tape_.GradientOf(loss_.tensor);
  for (float& g : gradient) g = loss_.beta * static_cast<float>(random.Normal());
  if (network_->loss != LossKind::kClasses) return;
  const float mean =
      std::accumulate(gradient.begin(), gradient.end(), 0.0f) / static_cast<float>(gradient.size());
  for (float& g : gradient) g -= mean;
}

std::vector<std::vector<double>> Fisher::SquaredGradients(const Activations& activations, uint64_t seed) {
  std::vector<std::vector<double>> squared(observed_.size());
  if (observed_.empty()) return squared;
  tape_.Reset(1);
  SeedLoss(seed);
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
