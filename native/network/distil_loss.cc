#include "network/distil_loss.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace dtmm {
namespace {
constexpr double kSmallest = 1e-30;
}  // namespace

double DistilLoss::Add(const float* student, const float* teacher, int label, double weight,
                       float* gradient) const {
  double loss = 0;
  if (kind == LossKind::kValues) {
    for (size_t i = 0; i < outputs; ++i) {
      const double error = static_cast<double>(student[i]) - teacher[i];
      loss += error * error / scale;
      gradient[i] += static_cast<float>(2 * weight * error / scale);
    }
    return loss;
  }
  const double labelled = label < 0 ? 0 : label_share;
  if (labelled < 1) {
    const std::vector<double> soft = Softmax(student, outputs, beta / temperature);
    const std::vector<double> wanted = Softmax(teacher, outputs, beta / temperature);
    // The gradient of the softened loss shrinks with the square of the temperature.
    const double share = (1 - labelled) * temperature * temperature;
    for (size_t i = 0; i < outputs; ++i) {
      if (wanted[i] > kSmallest)
        loss += share * wanted[i] * std::log(wanted[i] / std::max(soft[i], kSmallest));
      gradient[i] += static_cast<float>(weight * share * (soft[i] - wanted[i]) * beta / temperature);
    }
  }
  if (labelled == 0) return loss;
  const std::vector<double> p = Softmax(student, outputs, beta);
  loss -= labelled * std::log(std::max(p[static_cast<size_t>(label)], kSmallest));
  for (size_t i = 0; i < outputs; ++i) {
    const double one = static_cast<int>(i) == label ? 1 : 0;
    gradient[i] += static_cast<float>(weight * labelled * (p[i] - one) * beta);
  }
  return loss;
}

}  // namespace dtmm
