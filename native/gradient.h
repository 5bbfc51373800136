// Backward pass through a quantised graph: the gradient of the loss at the output of every conv layer.
//
// The activations are those that the TFLM interpreter computed, as real values; the derivative of rounding is
// taken as one and that of clamping as zero where the value is clamped (straight-through estimation).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "geometry.h"

namespace dtmm {

enum class OperatorKind {
  kConv,            // filter OHWI
  kDepthwiseConv,   // filter 1HWO
  kFullyConnected,  // filter [outputs, inputs]
  kAdd,             // two inputs of the output's shape
  kMaxPool,
  kAveragePool,
  kMean,  // over height and width
  kCopy,  // same values in the same order: reshape, squeeze, expand dims, quantize
  kRelu,  // clamped to [activation_min, activation_max]
  kLogistic,
  kSoftmax,        // over the last axis
  kConcatenation,  // along the last axis
  kPad,
  kUnknown,  // the gradient stops here
};

// One operator of the main subgraph with its constants as real values. Tensors are indices into the subgraph.
struct GradientOperator {
  OperatorKind kind = OperatorKind::kUnknown;
  std::vector<int> inputs;  // activations only
  int output = 0;
  // Conv and pool geometry; for pools the kernel is the window. For kMean, kPad and kSoftmax the fields of
  // the same meaning are read (pad_top and pad_left for kPad; input_height, input_width, input_channels for
  // kMean).
  ConvGeometry geometry;
  std::vector<float> filter;
  // Real values at which the fused activation (or the int8 range) clamps the output.
  float activation_min = 0;
  float activation_max = 0;
  float beta = 1;  // kSoftmax
};

// How the loss follows from the model's output.
enum class LossKind {
  kClasses,  // the output is a softmax or a row of scores: negative log likelihood of a class
  kValues,   // squared error of every output value
};

struct GradientGraph {
  std::vector<GradientOperator> operators;
  int output = 0;  // the model's output tensor
  LossKind loss = LossKind::kClasses;
  std::vector<size_t> sizes;  // values per tensor, 0 for constants
  std::vector<int> observed;  // operators whose output gradient is wanted, ascending
};

// Activations of one sample as real values, by tensor; empty for constants.
using Activations = std::vector<std::vector<float>>;

// Runs the backward pass of single samples.
class GradientTape {
 public:
  explicit GradientTape(GradientGraph graph);

  // Squared gradient at the output of each observed operator before its fused activation, summed over
  // positions, per output channel, one vector per observed operator.
  //
  // The label is drawn from the model's own output distribution with `seed`, which makes the mean of the
  // result the diagonal of the Fisher information (Martens, "New insights and perspectives on the natural
  // gradient method", 2014) and needs no labels; for kValues the distribution is a unit normal around the
  // output.
  std::vector<std::vector<double>> SquaredGradients(const Activations& activations, uint64_t seed);

 private:
  void SeedLoss(const Activations& activations, uint64_t seed);
  void Backward(const GradientOperator& op, const Activations& activations);
  std::vector<float>& GradientOf(int tensor);

  GradientGraph graph_;
  int first_needed_ = 0;  // operators before the first observed one need no gradient
  size_t seeded_ = 0;     // operators at and past this index are part of the loss
  std::vector<std::vector<float>> gradients_;
};

}  // namespace dtmm
