// The pairs of input and output pixels that a sliding window connects.
#pragma once

#include <cstddef>
#include <vector>

#include "geometry.h"

namespace dtmm {

// Calls visit(input position, kernel position, output position) for every pair of an output position and a
// kernel position that reads a real input, not padding; positions count pixels, not channels.
template <typename Visit>
void ForEachTap(const ConvGeometry& g, const Visit& visit) {
  for (int y = 0; y < g.output_height; ++y) {
    for (int x = 0; x < g.output_width; ++x) {
      for (int ky = 0; ky < g.kernel_height; ++ky) {
        const int iy = g.InputRow(y, ky);
        if (iy < 0 || iy >= g.input_height) continue;
        for (int kx = 0; kx < g.kernel_width; ++kx) {
          const int ix = g.InputColumn(x, kx);
          if (ix < 0 || ix >= g.input_width) continue;
          visit(static_cast<size_t>(iy) * g.input_width + ix, static_cast<size_t>(ky) * g.kernel_width + kx,
                static_cast<size_t>(y) * g.output_width + x);
        }
      }
    }
  }
}

// Real inputs, not padding, that each output position reads.
inline std::vector<int> TapsPerPosition(const ConvGeometry& g) {
  std::vector<int> taps(g.OutputPositions(), 0);
  ForEachTap(g, [&](size_t, size_t, size_t out) { ++taps[out]; });
  return taps;
}

}  // namespace dtmm
