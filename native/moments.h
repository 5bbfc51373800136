// Second moments of the input patches of a convolution: H = sum over samples and output positions of x x^T,
// and of the patches with values that the layer should give for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "geometry.h"

namespace dtmm {

// Accumulates sum(x x^T) for x = the im2col patch of int8 activations minus their zero point, with a constant
// 1 appended so that the bias takes part in every least-squares problem built on it.
//
// The sums are exact integers: a block of 256 rows of values within +-255 stays below 2^24, where float
// addition is exact, and the blocks are added in double. So the result does not depend on the order of
// samples, on the number of processes that share the work, or on the SIMD width.
class PatchMoments {
 public:
  // `targets` is the number of values that go with every output position, or 0.
  PatchMoments(const ConvGeometry& geometry, int input_zero_point, int targets = 0);

  // Adds all output positions of one sample; `input` is NHWC int8 with geometry.InputSize() values,
  // `targets` has the sample's [positions][targets].
  void Add(const int8_t* input, const float* targets = nullptr);

  // Patch size plus one, the order of the matrix.
  size_t Order() const { return order_; }
  // Patches added so far.
  double Count() const { return count_; }
  // Order() x Order() sums, both triangles filled, in units of the input's scale squared.
  std::vector<double> Sums();
  // [targets][Order()]: sum of target times patch, in units of the target and the input's scale. Rounded, but
  // the same for the same samples in the same order.
  std::vector<double> Cross();

 private:
  void Flush();

  ConvGeometry geometry_;
  int zero_point_;
  size_t order_;
  double count_ = 0;
  size_t rows_ = 0;             // rows waiting in block_
  std::vector<float> block_;    // up to 256 patches, one after the other
  std::vector<float> product_;  // block^T block, lower triangle
  std::vector<double> sums_;    // lower triangle, column-major
  size_t targets_;
  std::vector<float> target_block_;    // the targets of the waiting patches
  std::vector<float> target_product_;  // their products
  std::vector<double> cross_;
};

}  // namespace dtmm
