// Statistics of a dense model over unlabelled samples: second moments of conv inputs and squared gradients at
// conv outputs, both from the activations that the TFLM interpreter computes.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "fisher.h"
#include "interpreter.h"
#include "moments.h"
#include "network/network.h"
#include "runs.h"

namespace dtmm {

struct StatisticsPlan {
  Network network;
  std::vector<int> observed;  // operators whose statistics are wanted, ascending
  size_t draws = 1;           // random directions per sample
};

class Statistics {
 public:
  Statistics(Bytes model, size_t arena_bytes, StatisticsPlan plan);

  // Runs the samples; returns the squared gradients summed over them and their draws, [layer][output
  // channel]. Sample s draws its directions with seed + first_sample + s, so the result does not depend on
  // how samples are batched.
  std::vector<std::vector<double>> Add(Bytes inputs, size_t samples, uint64_t seed, uint64_t first_sample);

  // One accumulator per observed layer.
  std::vector<PatchMoments>& moments() { return moments_; }

 private:
  void Capture(int tensor, const int8_t* data, size_t bytes);

  StatisticsPlan plan_;
  Interpreter interpreter_;
  bool proven_ = false;  // the host kernels stood their trial
  Fisher fisher_;
  std::vector<PatchMoments> moments_;
  std::vector<std::vector<int8_t>> quantised_;  // of the current sample, by tensor
  Activations real_;
};

}  // namespace dtmm
