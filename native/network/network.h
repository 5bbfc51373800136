// A quantised graph with its constants as real values: what the forward and the backward pass run on.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "geometry.h"

namespace dtmm {

enum class OperatorKind {
  kConv,           // filter OHWI; a fully connected layer is a 1x1 conv over the rows of its input
  kDepthwiseConv,  // filter 1HWO
  kAdd,            // two inputs of the output's shape
  kMaxPool,
  kAveragePool,
  kMean,  // over height and width
  kCopy,  // same values in the same order: reshape, squeeze, expand dims, quantize
  kRelu,  // clamped to [activation_min, activation_max]
  kLogistic,
  kSoftmax,        // over the last axis
  kConcatenation,  // along the last axis
  kPad,
  kUnknown,  // neither pass gets through
};

// One operator of the main subgraph. Tensors are indices into the subgraph.
struct NetworkOperator {
  OperatorKind kind = OperatorKind::kUnknown;
  std::vector<int> inputs;  // activations only
  int output = 0;
  // Conv and pool geometry; for pools the kernel is the window. For kMean, kPad and kSoftmax the fields of
  // the same meaning are read (pad_top and pad_left for kPad; input_height, input_width, input_channels for
  // kMean).
  ConvGeometry geometry;
  std::vector<float> filter;
  std::vector<float> bias;  // one per output channel, or empty
  // Real values at which the fused activation (or the int8 range) clamps the output.
  float activation_min = 0;
  float activation_max = 0;
  float beta = 1;  // kSoftmax
};

// How int8 values of a tensor become real: (q - zero_point) * scale. A scale of 0 marks a constant.
struct NetworkTensor {
  float scale = 0;
  int zero_point = 0;
  size_t size = 0;  // values of one sample, 0 for constants
};

// How the loss follows from the model's output.
enum class LossKind {
  kClasses,  // the output is a softmax or a row of scores: negative log likelihood of a class
  kValues,   // squared error of every output value
};

struct Network {
  std::vector<NetworkOperator> operators;
  std::vector<NetworkTensor> tensors;
  int input = 0;   // the model's input tensor
  int output = 0;  // the model's output tensor
  LossKind loss = LossKind::kClasses;
};

// Throws Fault NETWORK_PLAN where an operator has no forward pass.
void CheckForward(const Network& network);

// Values of a batch by tensor, sample after sample; empty for constants.
using Activations = std::vector<std::vector<float>>;

// Where the loss is taken: at the model's output, or at the logits where the output is their softmax, so that
// it is exact however far the int8 probabilities have saturated.
struct LossPoint {
  int tensor = 0;
  float beta = 1;             // probabilities = softmax(beta * logits)
  size_t operator_count = 0;  // operators that run before it
};
LossPoint FindLossPoint(const Network& network);

// softmax(beta * logits) of one sample.
std::vector<double> Softmax(const float* logits, size_t count, double beta);

}  // namespace dtmm
