// The forward pass of a quantised graph on real values: the same results as TFLM's int8 kernels up to a last
// bit here and there, at the speed of matrix products.
#pragma once

#include <cstdint>
#include <vector>

#include "network/network.h"

namespace dtmm {

enum class Rounding {
  kInt8,  // every output is rounded to its tensor's int8 grid, as on the board
  kNone,  // outputs are clamped but not rounded: the function that the integers approximate
};

// The output values of a layer with weights before activation, clamping and rounding: filter times patches
// plus bias, [samples * positions][output channels].
void WeightedSums(const NetworkOperator& op, const float* input, size_t samples, std::vector<float>* sums);

// Clamps and rounds values of the operator's output tensor, in place.
void Requantize(const NetworkOperator& op, const NetworkTensor& output, Rounding rounding,
                std::vector<float>* values);

// Computes the output of one operator for a batch from the activations of its inputs. Not for kUnknown.
void Forward(const Network& network, const NetworkOperator& op, size_t samples, Rounding rounding,
             Activations* activations);

// int8 values of the tensor as real ones, and back.
void Dequantize(const NetworkTensor& tensor, const int8_t* values, size_t count, float* real);
void QuantizeToInt8(const NetworkTensor& tensor, const float* real, size_t count, int8_t* values);

}  // namespace dtmm
