// Shapes of a convolution as the numeric code needs them: one sample, NHWC activations, OHWI weights.
#pragma once

#include <cstddef>

namespace dtmm {

struct ConvGeometry {
  int input_height = 0;
  int input_width = 0;
  int input_channels = 0;
  int kernel_height = 0;
  int kernel_width = 0;
  int output_height = 0;
  int output_width = 0;
  int output_channels = 0;
  int stride_height = 1;
  int stride_width = 1;
  int dilation_height = 1;
  int dilation_width = 1;
  int pad_top = 0;
  int pad_left = 0;

  // Values in one im2col patch: kernel positions times input channels, in the order of OHWI weights.
  size_t PatchSize() const { return static_cast<size_t>(kernel_height) * kernel_width * input_channels; }
  size_t OutputPositions() const { return static_cast<size_t>(output_height) * output_width; }
  size_t InputSize() const { return static_cast<size_t>(input_height) * input_width * input_channels; }
  size_t OutputSize() const { return OutputPositions() * output_channels; }

  // Input row that kernel row `ky` reads for output row `y`; outside [0, input_height) it is padding.
  int InputRow(int y, int ky) const { return y * stride_height - pad_top + ky * dilation_height; }
  int InputColumn(int x, int kx) const { return x * stride_width - pad_left + kx * dilation_width; }
};

}  // namespace dtmm
