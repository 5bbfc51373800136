// The im2col patches of a batch, a range of output positions at a time.
#pragma once

#include <cstddef>
#include <vector>

#include "geometry.h"

namespace dtmm {

// Output positions whose patches are in memory at once: small enough for the second-level cache.
constexpr size_t kPatchRows = 384;

// Whether every patch is a pixel of the input as it stands, so that no copy is needed.
bool IsPointwise(const ConvGeometry& geometry);

// Copies the patches of positions [first, first + count) to `patches`, [count][patch size]. `input` is the
// batch, NHWC; position p is output pixel p % OutputPositions() of sample p / OutputPositions(). Padding is
// 0.
void GatherPatches(const ConvGeometry& geometry, const float* input, size_t first, size_t count,
                   float* patches);

// The transpose of GatherPatches: adds every value of a patch to the input value that it was copied from.
void ScatterPatches(const ConvGeometry& geometry, const float* patches, size_t first, size_t count,
                    float* input);

}  // namespace dtmm
