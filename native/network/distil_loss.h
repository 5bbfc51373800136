// The loss of a student network against its teacher's outputs, and against labels where there are any.
#pragma once

#include <cstddef>

#include "network/network.h"

namespace dtmm {

struct DistilLoss {
  LossKind kind = LossKind::kClasses;
  size_t outputs = 0;  // per sample, at the loss point
  float beta = 1;      // probabilities = softmax(beta * logits)
  // Softens both distributions (Hinton et al., "Distilling the knowledge in a neural network", 2015).
  double temperature = 2;
  // Share of the cross-entropy with the label, 0..1, in classes.
  double label_share = 0;
  // Mean squared teacher output, by which squared errors are divided, in values.
  double scale = 1;

  // Loss of one sample; adds its gradient by the student's outputs, times `weight`, to `gradient`. `label` <
  // 0 is none; with one and a label share of 1, no teacher is asked.
  double Add(const float* student, const float* teacher, int label, double weight, float* gradient) const;
};

}  // namespace dtmm
