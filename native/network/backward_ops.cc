#include "network/backward_ops.h"

#include <algorithm>

#include "network/patches.h"
#include "network/row_major.h"
#include "network/taps.h"

namespace dtmm {
namespace {

using Eigen::Index;

// Rows of output gradients as a matrix, [count][output channels].
Eigen::Map<const RowMajor> GradientRows(const ConvGeometry& g, const Values& from, size_t first,
                                        size_t count) {
  const auto outputs = static_cast<size_t>(g.output_channels);
  return {from.data() + first * outputs, static_cast<Index>(count), static_cast<Index>(outputs)};
}

void AddColumnSums(const Values& from, Values* bias) {
  const auto outputs = static_cast<Index>(bias->size());
  // Summed into memory of Eigen's own: the order of a sum depends on how the result is aligned.
  const Eigen::RowVectorXf sums =
      Eigen::Map<const RowMajor>(from.data(), static_cast<Index>(from.size()) / outputs, outputs)
          .colwise()
          .sum();
  Eigen::Map<Eigen::RowVectorXf>(bias->data(), outputs) += sums;
}

}  // namespace

void MaskClamped(const NetworkOperator& op, const Values& output, Values* gradient) {
  for (size_t i = 0; i < gradient->size(); ++i) {
    if (output[i] <= op.activation_min || output[i] >= op.activation_max) (*gradient)[i] = 0;
  }
}

void CopyBackward(const Values& from, Values* to) {
  for (size_t i = 0; i < to->size(); ++i) (*to)[i] += from[i];
}

void ConvBackward(const NetworkOperator& op, size_t samples, const Values& from, Values* to) {
  const ConvGeometry& g = op.geometry;
  const size_t rows = samples * g.OutputPositions();
  const auto patch = static_cast<Index>(g.PatchSize());
  const Eigen::Map<const RowMajor> filter(op.filter.data(), g.output_channels, patch);
  Values patches(IsPointwise(g) ? 0 : kPatchRows * g.PatchSize());
  for (size_t first = 0; first < rows; first += kPatchRows) {
    const size_t count = std::min(kPatchRows, rows - first);
    const auto gradient = GradientRows(g, from, first, count);
    if (IsPointwise(g)) {
      Eigen::Map<RowMajor>(to->data() + first * g.PatchSize(), static_cast<Index>(count), patch).noalias() +=
          gradient * filter;
      continue;
    }
    Eigen::Map<RowMajor>(patches.data(), static_cast<Index>(count), patch).noalias() = gradient * filter;
    ScatterPatches(g, patches.data(), first, count, to->data());
  }
}

void ConvWeightGradient(const NetworkOperator& op, size_t samples, const Values& input, const Values& from,
                        WeightGradient* gradient) {
  const ConvGeometry& g = op.geometry;
  const size_t rows = samples * g.OutputPositions();
  const auto patch = static_cast<Index>(g.PatchSize());
  Eigen::Map<RowMajor> sum(gradient->filter.data(), g.output_channels, patch);
  Values gathered(IsPointwise(g) ? 0 : kPatchRows * g.PatchSize());
  for (size_t first = 0; first < rows; first += kPatchRows) {
    const size_t count = std::min(kPatchRows, rows - first);
    const float* patches = input.data() + first * g.PatchSize();
    if (!IsPointwise(g)) {
      GatherPatches(g, input.data(), first, count, gathered.data());
      patches = gathered.data();
    }
    sum.noalias() += GradientRows(g, from, first, count).transpose() *
                     Eigen::Map<const RowMajor>(patches, static_cast<Index>(count), patch);
  }
  AddColumnSums(from, &gradient->bias);
}

void DepthwiseConvBackward(const NetworkOperator& op, size_t samples, const Values& from, Values* to) {
  const ConvGeometry& g = op.geometry;
  const auto outputs = static_cast<size_t>(g.output_channels);
  const size_t multiplier = outputs / static_cast<size_t>(g.input_channels);
  for (size_t s = 0; s < samples; ++s) {
    ForEachTap(g, [&](size_t in, size_t kernel, size_t out) {
      const float* gradient = from.data() + s * g.OutputSize() + out * outputs;
      const float* filter = op.filter.data() + kernel * outputs;
      float* target = to->data() + s * g.InputSize() + in * static_cast<size_t>(g.input_channels);
      for (size_t o = 0; o < outputs; ++o) target[o / multiplier] += gradient[o] * filter[o];
    });
  }
}

void DepthwiseConvWeightGradient(const NetworkOperator& op, size_t samples, const Values& input,
                                 const Values& from, WeightGradient* gradient) {
  const ConvGeometry& g = op.geometry;
  const auto outputs = static_cast<size_t>(g.output_channels);
  const size_t multiplier = outputs / static_cast<size_t>(g.input_channels);
  for (size_t s = 0; s < samples; ++s) {
    ForEachTap(g, [&](size_t in, size_t kernel, size_t out) {
      const float* row = from.data() + s * g.OutputSize() + out * outputs;
      const float* pixel = input.data() + s * g.InputSize() + in * static_cast<size_t>(g.input_channels);
      float* sum = gradient->filter.data() + kernel * outputs;
      for (size_t o = 0; o < outputs; ++o) sum[o] += row[o] * pixel[o / multiplier];
    });
  }
  AddColumnSums(from, &gradient->bias);
}

void MaxPoolBackward(const NetworkOperator& op, size_t samples, const Values& input, const Values& from,
                     Values* to) {
  const ConvGeometry& g = op.geometry;
  const auto channels = static_cast<size_t>(g.output_channels);
  constexpr size_t kNone = static_cast<size_t>(-1);
  std::vector<size_t> winner(g.OutputSize());
  for (size_t s = 0; s < samples; ++s) {
    const float* sample = input.data() + s * g.InputSize();
    std::fill(winner.begin(), winner.end(), kNone);
    ForEachTap(g, [&](size_t in, size_t, size_t out) {
      for (size_t c = 0; c < channels; ++c) {
        size_t& best = winner[out * channels + c];
        const size_t candidate = in * channels + c;
        if (best == kNone || sample[candidate] > sample[best]) best = candidate;
      }
    });
    for (size_t i = 0; i < winner.size(); ++i) {
      if (winner[i] != kNone) (*to)[s * g.InputSize() + winner[i]] += from[s * g.OutputSize() + i];
    }
  }
}

void AveragePoolBackward(const NetworkOperator& op, size_t samples, const Values& from, Values* to) {
  const ConvGeometry& g = op.geometry;
  const auto channels = static_cast<size_t>(g.output_channels);
  const std::vector<int> taps = TapsPerPosition(g);  // padding does not count
  for (size_t s = 0; s < samples; ++s) {
    const float* gradient = from.data() + s * g.OutputSize();
    float* target = to->data() + s * g.InputSize();
    ForEachTap(g, [&](size_t in, size_t, size_t out) {
      const float share = 1.0f / static_cast<float>(taps[out]);
      for (size_t c = 0; c < channels; ++c) target[in * channels + c] += share * gradient[out * channels + c];
    });
  }
}

void MeanBackward(const NetworkOperator& op, size_t samples, const Values& from, Values* to) {
  const auto channels = static_cast<size_t>(op.geometry.input_channels);
  const size_t size = to->size() / samples;
  const float share = static_cast<float>(channels) / static_cast<float>(size);
  for (size_t s = 0; s < samples; ++s) {
    for (size_t i = 0; i < size; ++i) (*to)[s * size + i] += share * from[s * channels + i % channels];
  }
}

void LogisticBackward(const Values& output, const Values& from, Values* to) {
  for (size_t i = 0; i < to->size(); ++i) (*to)[i] += from[i] * output[i] * (1 - output[i]);
}

void SoftmaxBackward(const NetworkOperator& op, const Values& output, const Values& from, Values* to) {
  const auto classes = static_cast<size_t>(op.geometry.output_channels);
  for (size_t row = 0; row < output.size(); row += classes) {
    float dot = 0;
    for (size_t i = row; i < row + classes; ++i) dot += from[i] * output[i];
    for (size_t i = row; i < row + classes; ++i) (*to)[i] += op.beta * output[i] * (from[i] - dot);
  }
}

void PadBackward(const NetworkOperator& op, size_t samples, const Values& from, Values* to) {
  const ConvGeometry& g = op.geometry;
  const auto row = static_cast<size_t>(g.input_width) * static_cast<size_t>(g.input_channels);
  const size_t output_size = from.size() / samples;
  for (size_t s = 0; s < samples; ++s) {
    for (int y = 0; y < g.input_height; ++y) {
      const size_t at = (static_cast<size_t>(y + g.pad_top) * g.output_width + g.pad_left) * g.input_channels;
      const float* source = from.data() + s * output_size + at;
      float* target = to->data() + s * g.InputSize() + static_cast<size_t>(y) * row;
      for (size_t i = 0; i < row; ++i) target[i] += source[i];
    }
  }
}

void ConcatenationBackward(const NetworkOperator& op, const Values& from,
                           const std::function<Values*(int)>& gradient_of) {
  const auto width = static_cast<size_t>(op.geometry.output_channels);
  const size_t rows = from.size() / width;
  size_t offset = 0;
  for (const int input : op.inputs) {
    Values* to = gradient_of(input);
    const size_t part = to->size() / rows;
    for (size_t r = 0; r < rows; ++r) {
      for (size_t i = 0; i < part; ++i) (*to)[r * part + i] += from[r * width + offset + i];
    }
    offset += part;
  }
}

}  // namespace dtmm
