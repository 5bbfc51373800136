// From int32 sums to int8 outputs, with the two ways of rounding that a TFLM tree can be built with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dtmm {

enum class Rounding {
  kDouble,  // SaturatingRoundingDoublingHighMul, then RoundingDivideByPOT: every tree's default
  kSingle,  // once, away from minus infinity: TFLITE_SINGLE_ROUNDING
};

struct Rescale {
  Rounding rounding = Rounding::kDouble;
  std::vector<int32_t> bias;        // by output channel, as are the next two
  std::vector<int32_t> multiplier;  // [0, 2^31)
  std::vector<int32_t> shift;       // [-31, 30]; above 0 it goes left
  int32_t output_zero_point = 0;
  int32_t min = -128;  // of the fused activation
  int32_t max = 127;

  size_t Channels() const { return bias.size(); }

  // The outputs of one position from its sums, Channels() of both.
  void Apply(const int32_t* sums, int8_t* output) const;
};

}  // namespace dtmm
