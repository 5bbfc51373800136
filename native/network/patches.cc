#include "network/patches.h"

#include <algorithm>

namespace dtmm {
namespace {

// Calls visit(offset in the patches, offset in the input or kPadding) for every kernel position of every
// patch.
constexpr size_t kPadding = static_cast<size_t>(-1);

template <typename Visit>
void ForEachPixel(const ConvGeometry& g, size_t first, size_t count, const Visit& visit) {
  const size_t positions = g.OutputPositions();
  const auto channels = static_cast<size_t>(g.input_channels);
  size_t at = 0;
  for (size_t p = first; p < first + count; ++p) {
    const size_t sample = p / positions * g.InputSize();
    const int y = static_cast<int>(p % positions) / g.output_width;
    const int x = static_cast<int>(p % positions) % g.output_width;
    for (int ky = 0; ky < g.kernel_height; ++ky) {
      const int iy = g.InputRow(y, ky);
      for (int kx = 0; kx < g.kernel_width; ++kx, at += channels) {
        const int ix = g.InputColumn(x, kx);
        const bool inside = iy >= 0 && iy < g.input_height && ix >= 0 && ix < g.input_width;
        visit(at,
              inside ? sample + (static_cast<size_t>(iy) * g.input_width + ix) * g.input_channels : kPadding);
      }
    }
  }
}

}  // namespace

bool IsPointwise(const ConvGeometry& g) {
  return g.kernel_height == 1 && g.kernel_width == 1 && g.stride_height == 1 && g.stride_width == 1;
}

void GatherPatches(const ConvGeometry& g, const float* input, size_t first, size_t count, float* patches) {
  const auto channels = static_cast<size_t>(g.input_channels);
  ForEachPixel(g, first, count, [&](size_t to, size_t from) {
    if (from == kPadding) {
      std::fill_n(patches + to, channels, 0.0f);
    } else {
      std::copy_n(input + from, channels, patches + to);
    }
  });
}

void ScatterPatches(const ConvGeometry& g, const float* patches, size_t first, size_t count, float* input) {
  const auto channels = static_cast<size_t>(g.input_channels);
  ForEachPixel(g, first, count, [&](size_t from, size_t to) {
    if (to == kPadding) return;
    for (size_t c = 0; c < channels; ++c) input[to + c] += patches[from + c];
  });
}

}  // namespace dtmm
