#include "host_kernels/rescale.h"

#include <algorithm>

namespace dtmm {
namespace {

int32_t WrappingAdd(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}

// Rounds to 31 bits, then to the result, each time half away from zero (TFLite's
// MultiplyByQuantizedMultiplier).
int32_t ScaleDouble(int32_t value, int32_t multiplier, int32_t shift) {
  const int32_t left = std::max<int32_t>(shift, 0);
  const int32_t right = std::max<int32_t>(-shift, 0);
  const auto shifted = static_cast<int32_t>(static_cast<uint32_t>(value) << left);
  const int64_t product = int64_t{shifted} * multiplier + (int64_t{1} << 30);
  // Only the lower half of the shifted product is kept, so a logical shift does; it is the one that CPUs have
  // for vectors of 64 bits.
  const auto high = static_cast<int32_t>(static_cast<uint64_t>(product) >> 31);
  const auto mask = static_cast<int32_t>((uint32_t{1} << right) - 1);
  const int32_t threshold = (mask >> 1) + (high < 0 ? 1 : 0);
  return (high >> right) + ((high & mask) > threshold ? 1 : 0);
}

int32_t ScaleSingle(int32_t value, int32_t multiplier, int32_t shift) {
  const int32_t right = 31 - shift;
  return static_cast<int32_t>((int64_t{value} * multiplier + (int64_t{1} << (right - 1))) >> right);
}

template <int32_t (*kScale)(int32_t, int32_t, int32_t)>
void ApplyWith(const Rescale& rescale, const int32_t* sums, int8_t* output) {
  const int32_t* bias = rescale.bias.data();
  const int32_t* multiplier = rescale.multiplier.data();
  const int32_t* shift = rescale.shift.data();
  const int32_t zero_point = rescale.output_zero_point;
  const int32_t min = rescale.min;
  const int32_t max = rescale.max;
  const size_t channels = rescale.Channels();
  for (size_t c = 0; c < channels; ++c) {
    const int32_t scaled = kScale(WrappingAdd(sums[c], bias[c]), multiplier[c], shift[c]);
    output[c] = static_cast<int8_t>(std::min(std::max(WrappingAdd(scaled, zero_point), min), max));
  }
}

}  // namespace

void Rescale::Apply(const int32_t* sums, int8_t* output) const {
  if (rounding == Rounding::kDouble) {
    ApplyWith<ScaleDouble>(*this, sums, output);
  } else {
    ApplyWith<ScaleSingle>(*this, sums, output);
  }
}

}  // namespace dtmm
