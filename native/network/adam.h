// Adam (Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015) on one array of parameters.
#pragma once

#include <cstddef>
#include <vector>

namespace dtmm {

struct Adam {
  std::vector<float> mean;
  std::vector<float> square;

  explicit Adam(size_t size = 0) : mean(size), square(size) {}

  // Moves the parameters against the gradient. `step` counts from 1.
  void Update(const std::vector<float>& gradient, double rate, size_t step, std::vector<float>* parameters);
};

}  // namespace dtmm
