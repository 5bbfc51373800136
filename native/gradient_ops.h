// The backward step of single operators. `from` is the gradient at the output, `to` at the input; `to` is
// added to, since a tensor may have several readers.
#pragma once

#include <functional>
#include <vector>

#include "gradient.h"

namespace dtmm {

// Zeroes the gradient where the fused activation clamps the output.
void MaskClamped(const GradientOperator& op, const std::vector<float>& output, std::vector<float>* gradient);

void CopyBackward(const std::vector<float>& from, std::vector<float>* to);
void ConvBackward(const GradientOperator& op, const std::vector<float>& from, std::vector<float>* to);
void DepthwiseConvBackward(const GradientOperator& op, const std::vector<float>& from,
                           std::vector<float>* to);
void FullyConnectedBackward(const GradientOperator& op, const std::vector<float>& from,
                            std::vector<float>* to);
// The first of equal maxima takes the gradient.
void MaxPoolBackward(const GradientOperator& op, const std::vector<float>& input,
                     const std::vector<float>& from, std::vector<float>* to);
void AveragePoolBackward(const GradientOperator& op, const std::vector<float>& from, std::vector<float>* to);
void MeanBackward(const GradientOperator& op, const std::vector<float>& from, std::vector<float>* to);
void SoftmaxBackward(const GradientOperator& op, const std::vector<float>& output,
                     const std::vector<float>& from, std::vector<float>* to);
void PadBackward(const GradientOperator& op, const std::vector<float>& from, std::vector<float>* to);
// `sizes` are the values per tensor; `gradient_of` finds an input's gradient.
void ConcatenationBackward(const GradientOperator& op, const std::vector<size_t>& sizes,
                           const std::vector<float>& from,
                           const std::function<std::vector<float>*(int)>& gradient_of);

}  // namespace dtmm
