#include "network/patches.h"

#include <algorithm>

namespace dtmm {
namespace {

// Calls visit(offset in the patches, offset in the input or kPadding, values) for runs of values that lie
// side by side in both, or that are padding.
constexpr size_t kPadding = static_cast<size_t>(-1);

template <typename Visit>
void ForEachRun(const ConvGeometry& g, size_t first, size_t count, const Visit& visit) {
  const size_t positions = g.OutputPositions();
  const auto channels = static_cast<size_t>(g.input_channels);
  const size_t row = static_cast<size_t>(g.kernel_width) * channels;
  const bool dense = g.dilation_width == 1;
  size_t at = 0;
  for (size_t p = first; p < first + count; ++p) {
    const size_t sample = p / positions * g.InputSize();
    const int y = static_cast<int>(p % positions) / g.output_width;
    const int x = static_cast<int>(p % positions) % g.output_width;
    const int left = g.InputColumn(x, 0);
    const int right = g.InputColumn(x, g.kernel_width - 1);
    const bool whole = dense && left >= 0 && right < g.input_width;
    for (int ky = 0; ky < g.kernel_height; ++ky) {
      const int iy = g.InputRow(y, ky);
      const size_t line = sample + static_cast<size_t>(iy) * g.input_width * channels;
      if (iy < 0 || iy >= g.input_height) {
        visit(at, kPadding, row);
        at += row;
      } else if (whole) {
        visit(at, line + static_cast<size_t>(left) * channels, row);
        at += row;
      } else {
        for (int kx = 0; kx < g.kernel_width; ++kx, at += channels) {
          const int ix = g.InputColumn(x, kx);
          const bool inside = ix >= 0 && ix < g.input_width;
          visit(at, inside ? line + static_cast<size_t>(ix) * channels : kPadding, channels);
        }
      }
    }
  }
}

}  // namespace

bool IsPointwise(const ConvGeometry& g) {
  return g.kernel_height == 1 && g.kernel_width == 1 && g.stride_height == 1 && g.stride_width == 1;
}

void GatherPatches(const ConvGeometry& g, const float* input, size_t first, size_t count, float* patches) {
  ForEachRun(g, first, count, [&](size_t to, size_t from, size_t values) {
    if (from == kPadding) {
      std::fill_n(patches + to, values, 0.0f);
    } else {
      std::copy_n(input + from, values, patches + to);
    }
  });
}

void ScatterPatches(const ConvGeometry& g, const float* patches, size_t first, size_t count, float* input) {
  ForEachRun(g, first, count, [&](size_t from, size_t to, size_t values) {
    if (to == kPadding) return;
    for (size_t v = 0; v < values; ++v) input[to + v] += patches[from + v];
  });
}

}  // namespace dtmm
