// TFLM's int8 layers with weights, computed fast on the host: what the tree's own kernels compute, bit for
// bit.
//
// All arithmetic is exact on integers, so the order of additions is free.
// No code is shared with the board's kernels in tflm-kernels/, which are held against these.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "geometry.h"
#include "host_kernels/rescale.h"

namespace dtmm {

// Most values in a patch: so many products of an input within +-255 and an int8 weight never leave int32.
constexpr size_t kMaxHostDepth = 65536;

// A layer as its kernel needs it. The constants are copied; the patch has at most kMaxHostDepth values.
struct HostLayer {
  ConvGeometry geometry;  // of one sample; a fully connected layer has its rows as height, and one column
  size_t batches = 1;
  int input_zero_point = 0;         // [-128, 127]
  const int8_t* weights = nullptr;  // OHWI, for depthwise HWO
  Rescale rescale;
};

class HostKernel {
 public:
  virtual ~HostKernel() = default;

  // All batches: NHWC, batches times geometry.InputSize() values in, geometry.OutputSize() out.
  virtual void Run(const int8_t* input, int8_t* output) = 0;
  virtual size_t OutputBytes() const = 0;
};

// CONV_2D and FULLY_CONNECTED.
std::unique_ptr<HostKernel> MakeHostConv(const HostLayer& layer);

// DEPTHWISE_CONV_2D; output channels are a multiple of the input's.
std::unique_ptr<HostKernel> MakeHostDepthwise(const HostLayer& layer);

}  // namespace dtmm
