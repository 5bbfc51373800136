// Statistics of a dense model over unlabelled samples: second moments of conv inputs and squared gradients at
// conv outputs, both from the activations that the TFLM interpreter computes.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "geometry.h"
#include "gradient.h"
#include "interpreter.h"
#include "moments.h"
#include "runs.h"

namespace dtmm {

// How int8 values of a tensor become real: (q - zero_point) * scale. A scale of 0 marks a constant.
struct TensorScale {
  float scale = 0;
  int zero_point = 0;
};

struct StatisticsPlan {
  GradientGraph graph;               // observed = the layers whose statistics are wanted
  std::vector<TensorScale> tensors;  // by tensor index
  int input = 0;                     // the model's input tensor
};

class Statistics {
 public:
  Statistics(Bytes model, size_t arena_bytes, StatisticsPlan plan);

  // Runs the samples; returns the squared gradients summed over them, [layer][output channel]. Sample s draws
  // its label with seed + first_sample + s, so the result does not depend on how samples are batched.
  std::vector<std::vector<double>> Add(Bytes inputs, size_t samples, uint64_t seed, uint64_t first_sample);

  // One accumulator per observed layer.
  std::vector<PatchMoments>& moments() { return moments_; }

 private:
  void Capture(int tensor, const int8_t* data, size_t bytes);

  StatisticsPlan plan_;
  Interpreter interpreter_;
  GradientTape tape_;
  std::vector<PatchMoments> moments_;
  std::vector<std::vector<int8_t>> quantised_;  // of the current sample, by tensor
  Activations real_;
};

}  // namespace dtmm
