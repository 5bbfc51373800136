#include "gradient_ops.h"

#include <Eigen/Core>
#include <algorithm>

namespace dtmm {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

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

}  // namespace

void MaskClamped(const GradientOperator& op, const std::vector<float>& output, std::vector<float>* gradient) {
  for (size_t i = 0; i < gradient->size(); ++i) {
    if (output[i] <= op.activation_min || output[i] >= op.activation_max) (*gradient)[i] = 0;
  }
}

void CopyBackward(const std::vector<float>& from, std::vector<float>* to) {
  for (size_t i = 0; i < to->size(); ++i) (*to)[i] += from[i];
}

void ConvBackward(const GradientOperator& op, const std::vector<float>& from, std::vector<float>* to) {
  const ConvGeometry& g = op.geometry;
  const auto positions = static_cast<Eigen::Index>(g.OutputPositions());
  const auto patch = static_cast<Eigen::Index>(g.PatchSize());
  const Eigen::Map<const RowMajor> gradient(from.data(), positions, g.output_channels);
  const Eigen::Map<const RowMajor> filter(op.filter.data(), g.output_channels, patch);
  const RowMajor columns = gradient * filter;  // the gradient at every im2col patch
  const int channels = g.input_channels;
  ForEachTap(g, [&](size_t in, size_t kernel, size_t out) {
    const float* source = columns.data() + out * static_cast<size_t>(patch) + kernel * channels;
    float* target = to->data() + in * channels;
    for (int c = 0; c < channels; ++c) target[c] += source[c];
  });
}

void DepthwiseConvBackward(const GradientOperator& op, const std::vector<float>& from,
                           std::vector<float>* to) {
  const ConvGeometry& g = op.geometry;
  const int multiplier = g.output_channels / g.input_channels;
  ForEachTap(g, [&](size_t in, size_t kernel, size_t out) {
    const float* gradient = from.data() + out * g.output_channels;
    const float* filter = op.filter.data() + kernel * g.output_channels;
    float* target = to->data() + in * g.input_channels;
    for (int o = 0; o < g.output_channels; ++o) target[o / multiplier] += gradient[o] * filter[o];
  });
}

void FullyConnectedBackward(const GradientOperator& op, const std::vector<float>& from,
                            std::vector<float>* to) {
  const auto outputs = static_cast<Eigen::Index>(op.geometry.output_channels);
  const auto inputs = static_cast<Eigen::Index>(op.filter.size()) / outputs;
  const auto rows = static_cast<Eigen::Index>(from.size()) / outputs;
  const Eigen::Map<const RowMajor> gradient(from.data(), rows, outputs);
  const Eigen::Map<const RowMajor> filter(op.filter.data(), outputs, inputs);
  Eigen::Map<RowMajor>(to->data(), rows, inputs).noalias() += gradient * filter;
}

void MaxPoolBackward(const GradientOperator& op, const std::vector<float>& input,
                     const std::vector<float>& from, std::vector<float>* to) {
  const ConvGeometry& g = op.geometry;
  const auto channels = static_cast<size_t>(g.output_channels);
  constexpr size_t kNone = static_cast<size_t>(-1);
  std::vector<size_t> winner(from.size(), kNone);
  ForEachTap(g, [&](size_t in, size_t, size_t out) {
    for (size_t c = 0; c < channels; ++c) {
      size_t& best = winner[out * channels + c];
      const size_t candidate = in * channels + c;
      if (best == kNone || input[candidate] > input[best]) best = candidate;
    }
  });
  for (size_t i = 0; i < from.size(); ++i) {
    if (winner[i] != kNone) (*to)[winner[i]] += from[i];
  }
}

void AveragePoolBackward(const GradientOperator& op, const std::vector<float>& from, std::vector<float>* to) {
  const ConvGeometry& g = op.geometry;
  const auto channels = static_cast<size_t>(g.output_channels);
  std::vector<int> taps(g.OutputPositions(), 0);  // padding does not count
  ForEachTap(g, [&](size_t, size_t, size_t out) { ++taps[out]; });
  ForEachTap(g, [&](size_t in, size_t, size_t out) {
    const float share = 1.0f / static_cast<float>(taps[out]);
    for (size_t c = 0; c < channels; ++c) (*to)[in * channels + c] += share * from[out * channels + c];
  });
}

void MeanBackward(const GradientOperator& op, const std::vector<float>& from, std::vector<float>* to) {
  const auto channels = static_cast<size_t>(op.geometry.input_channels);
  const float share = static_cast<float>(channels) / static_cast<float>(to->size());
  for (size_t i = 0; i < to->size(); ++i) (*to)[i] += share * from[i % channels];
}

void SoftmaxBackward(const GradientOperator& op, const std::vector<float>& output,
                     const std::vector<float>& from, std::vector<float>* to) {
  const auto classes = static_cast<size_t>(op.geometry.output_channels);
  for (size_t row = 0; row < output.size(); row += classes) {
    float dot = 0;
    for (size_t i = row; i < row + classes; ++i) dot += from[i] * output[i];
    for (size_t i = row; i < row + classes; ++i) (*to)[i] += op.beta * output[i] * (from[i] - dot);
  }
}

void PadBackward(const GradientOperator& op, const std::vector<float>& from, std::vector<float>* to) {
  const ConvGeometry& g = op.geometry;
  const auto row = static_cast<size_t>(g.input_width) * g.input_channels;
  for (int y = 0; y < g.input_height; ++y) {
    const float* source =
        from.data() + (static_cast<size_t>(y + g.pad_top) * g.output_width + g.pad_left) * g.input_channels;
    float* target = to->data() + static_cast<size_t>(y) * row;
    for (size_t i = 0; i < row; ++i) target[i] += source[i];
  }
}

void ConcatenationBackward(const GradientOperator& op, const std::vector<size_t>& sizes,
                           const std::vector<float>& from,
                           const std::function<std::vector<float>*(int)>& gradient_of) {
  const auto width = static_cast<size_t>(op.geometry.output_channels);
  const size_t rows = from.size() / width;
  size_t offset = 0;
  for (const int input : op.inputs) {
    const size_t part = sizes[static_cast<size_t>(input)] / rows;
    std::vector<float>* to = gradient_of(input);
    for (size_t r = 0; r < rows; ++r) {
      for (size_t i = 0; i < part; ++i) (*to)[r * part + i] += from[r * width + offset + i];
    }
    offset += part;
  }
}

}  // namespace dtmm
