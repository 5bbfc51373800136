#include "network/adam.h"

#include <cmath>

namespace dtmm {

void Adam::Update(const std::vector<float>& gradient, double rate, size_t step,
                  std::vector<float>* parameters) {
  constexpr float kMeanDecay = 0.9f;
  constexpr float kSquareDecay = 0.999f;
  constexpr float kSmall = 1e-12f;  // gradients of a mean loss are small numbers
  const auto time = static_cast<double>(step);
  const auto mean_scale = static_cast<float>(rate / (1 - std::pow(kMeanDecay, time)));
  const auto square_scale = static_cast<float>(1 / (1 - std::pow(kSquareDecay, time)));
  for (size_t i = 0; i < gradient.size(); ++i) {
    mean[i] += (1 - kMeanDecay) * (gradient[i] - mean[i]);
    square[i] += (1 - kSquareDecay) * (gradient[i] * gradient[i] - square[i]);
    (*parameters)[i] -= mean_scale * mean[i] / (std::sqrt(square[i] * square_scale) + kSmall);
  }
}

}  // namespace dtmm
