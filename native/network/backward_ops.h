// The backward step of single operators for a batch. `from` is the gradient at the output, `to` at the input;
// `to` is added to, since a tensor may have several readers.
#pragma once

#include <functional>
#include <vector>

#include "network/network.h"

namespace dtmm {

using Values = std::vector<float>;

// Gradients of the loss by the constants of a conv, summed over a batch.
struct WeightGradient {
  Values filter;
  Values bias;
};

// Zeroes the gradient where the fused activation clamps the output.
void MaskClamped(const NetworkOperator& op, const Values& output, Values* gradient);

void CopyBackward(const Values& from, Values* to);
void ConvBackward(const NetworkOperator& op, size_t samples, const Values& from, Values* to);
// Adds the gradients by filter and bias, whose vectors have the constants' sizes.
void ConvWeightGradient(const NetworkOperator& op, size_t samples, const Values& input, const Values& from,
                        WeightGradient* gradient);
void DepthwiseConvBackward(const NetworkOperator& op, size_t samples, const Values& from, Values* to);
void DepthwiseConvWeightGradient(const NetworkOperator& op, size_t samples, const Values& input,
                                 const Values& from, WeightGradient* gradient);
// The first of equal maxima takes the gradient.
void MaxPoolBackward(const NetworkOperator& op, size_t samples, const Values& input, const Values& from,
                     Values* to);
void AveragePoolBackward(const NetworkOperator& op, size_t samples, const Values& from, Values* to);
void MeanBackward(const NetworkOperator& op, size_t samples, const Values& from, Values* to);
void LogisticBackward(const Values& output, const Values& from, Values* to);
void SoftmaxBackward(const NetworkOperator& op, const Values& output, const Values& from, Values* to);
void PadBackward(const NetworkOperator& op, size_t samples, const Values& from, Values* to);
// `gradient_of` finds the gradient of an input, of that input's size.
void ConcatenationBackward(const NetworkOperator& op, const Values& from,
                           const std::function<Values*(int)>& gradient_of);

}  // namespace dtmm
