#include "network/forward.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "network/patches.h"
#include "network/row_major.h"
#include "network/taps.h"

namespace dtmm {
namespace {

using Eigen::Index;
using Values = std::vector<float>;

void AddBias(const NetworkOperator& op, Eigen::Map<RowMajor>* sums) {
  if (op.bias.empty()) return;
  const Eigen::Map<const Eigen::RowVectorXf> bias(op.bias.data(), static_cast<Index>(op.bias.size()));
  sums->rowwise() += bias;
}

void ConvSums(const NetworkOperator& op, const float* input, size_t samples, Values* sums) {
  const ConvGeometry& g = op.geometry;
  const size_t rows = samples * g.OutputPositions();
  const auto patch = static_cast<Index>(g.PatchSize());
  const auto outputs = static_cast<Index>(g.output_channels);
  sums->resize(rows * static_cast<size_t>(g.output_channels));
  const Eigen::Map<const RowMajor> filter(op.filter.data(), outputs, patch);
  Values gathered(IsPointwise(g) ? 0 : kPatchRows * g.PatchSize());
  for (size_t first = 0; first < rows; first += kPatchRows) {
    const size_t count = std::min(kPatchRows, rows - first);
    const float* patches = input + first * g.PatchSize();
    if (!IsPointwise(g)) {
      GatherPatches(g, input, first, count, gathered.data());
      patches = gathered.data();
    }
    Eigen::Map<RowMajor> out(sums->data() + first * static_cast<size_t>(g.output_channels),
                             static_cast<Index>(count), outputs);
    out.noalias() =
        Eigen::Map<const RowMajor>(patches, static_cast<Index>(count), patch) * filter.transpose();
    AddBias(op, &out);
  }
}

void DepthwiseSums(const NetworkOperator& op, const float* input, size_t samples, Values* sums) {
  const ConvGeometry& g = op.geometry;
  const auto outputs = static_cast<size_t>(g.output_channels);
  const size_t multiplier = outputs / static_cast<size_t>(g.input_channels);
  sums->assign(samples * g.OutputSize(), 0.0f);
  for (size_t s = 0; s < samples; ++s) {
    const float* sample = input + s * g.InputSize();
    ForEachTap(g, [&](size_t in, size_t kernel, size_t out) {
      const float* pixel = sample + in * static_cast<size_t>(g.input_channels);
      const float* filter = op.filter.data() + kernel * outputs;
      float* to = sums->data() + s * g.OutputSize() + out * outputs;
      if (multiplier == 1) {
        for (size_t o = 0; o < outputs; ++o) to[o] += pixel[o] * filter[o];
      } else {
        for (size_t o = 0; o < outputs; ++o) to[o] += pixel[o / multiplier] * filter[o];
      }
    });
  }
  Eigen::Map<RowMajor> out(sums->data(), static_cast<Index>(samples * g.OutputPositions()),
                           static_cast<Index>(outputs));
  AddBias(op, &out);
}

void MaxPool(const ConvGeometry& g, const float* input, size_t samples, Values* output) {
  const auto channels = static_cast<size_t>(g.output_channels);
  output->assign(samples * g.OutputSize(), std::numeric_limits<float>::lowest());
  for (size_t s = 0; s < samples; ++s) {
    const float* sample = input + s * g.InputSize();
    float* to = output->data() + s * g.OutputSize();
    ForEachTap(g, [&](size_t in, size_t, size_t out) {
      for (size_t c = 0; c < channels; ++c) {
        to[out * channels + c] = std::max(to[out * channels + c], sample[in * channels + c]);
      }
    });
  }
}

void AveragePool(const ConvGeometry& g, const float* input, size_t samples, Values* output) {
  const auto channels = static_cast<size_t>(g.output_channels);
  const std::vector<int> taps = TapsPerPosition(g);
  output->assign(samples * g.OutputSize(), 0.0f);
  for (size_t s = 0; s < samples; ++s) {
    const float* sample = input + s * g.InputSize();
    float* to = output->data() + s * g.OutputSize();
    ForEachTap(g, [&](size_t in, size_t, size_t out) {
      for (size_t c = 0; c < channels; ++c) to[out * channels + c] += sample[in * channels + c];
    });
    for (size_t i = 0; i < g.OutputSize(); ++i) to[i] /= static_cast<float>(taps[i / channels]);
  }
}

void Mean(const ConvGeometry& g, const float* input, size_t samples, Values* output) {
  const auto channels = static_cast<Index>(g.input_channels);
  const auto pixels = static_cast<Index>(g.InputSize()) / channels;
  output->resize(samples * static_cast<size_t>(channels));
  for (size_t s = 0; s < samples; ++s) {
    // Into memory of Eigen's own: the order of a sum depends on how the result is aligned.
    const Eigen::RowVectorXf mean =
        Eigen::Map<const RowMajor>(input + s * g.InputSize(), pixels, channels).colwise().mean();
    std::copy_n(mean.data(), mean.size(), output->data() + s * static_cast<size_t>(channels));
  }
}

void Pad(const ConvGeometry& g, const float* input, size_t samples, size_t output_size, Values* output) {
  output->assign(samples * output_size, 0.0f);
  const auto row = static_cast<size_t>(g.input_width) * static_cast<size_t>(g.input_channels);
  for (size_t s = 0; s < samples; ++s) {
    for (int y = 0; y < g.input_height; ++y) {
      const float* from = input + s * g.InputSize() + static_cast<size_t>(y) * row;
      const size_t to = (static_cast<size_t>(y + g.pad_top) * g.output_width + g.pad_left) * g.input_channels;
      std::copy_n(from, row, output->data() + s * output_size + to);
    }
  }
}

void Concatenate(const Network& network, const NetworkOperator& op, size_t samples,
                 Activations* activations) {
  Values& output = (*activations)[static_cast<size_t>(op.output)];
  const auto width = static_cast<size_t>(op.geometry.output_channels);
  const size_t rows = samples * network.tensors[static_cast<size_t>(op.output)].size / width;
  output.resize(rows * width);
  size_t offset = 0;
  for (const int input : op.inputs) {
    const Values& from = (*activations)[static_cast<size_t>(input)];
    const size_t part = from.size() / rows;
    for (size_t r = 0; r < rows; ++r) {
      std::copy_n(from.data() + r * part, part, output.data() + r * width + offset);
    }
    offset += part;
  }
}

void SoftmaxRows(const NetworkOperator& op, const Values& input, Values* output) {
  const auto classes = static_cast<size_t>(op.geometry.output_channels);
  output->resize(input.size());
  for (size_t row = 0; row < input.size(); row += classes) {
    const std::vector<double> p = Softmax(input.data() + row, classes, op.beta);
    for (size_t i = 0; i < classes; ++i) (*output)[row + i] = static_cast<float>(p[i]);
  }
}

}  // namespace

void WeightedSums(const NetworkOperator& op, const float* input, size_t samples, std::vector<float>* sums) {
  if (op.kind == OperatorKind::kDepthwiseConv) return DepthwiseSums(op, input, samples, sums);
  ConvSums(op, input, samples, sums);
}

void Requantize(const NetworkOperator& op, const NetworkTensor& output, Rounding rounding, Values* values) {
  Eigen::Map<Eigen::ArrayXf> array(values->data(), static_cast<Index>(values->size()));
  array = array.max(op.activation_min).min(op.activation_max);
  if (rounding == Rounding::kInt8) array = (array * (1.0f / output.scale)).rint() * output.scale;
}

void Forward(const Network& network, const NetworkOperator& op, size_t samples, Rounding rounding,
             Activations* activations) {
  const NetworkTensor& tensor = network.tensors[static_cast<size_t>(op.output)];
  Values& output = (*activations)[static_cast<size_t>(op.output)];
  const Values& input = (*activations)[static_cast<size_t>(op.inputs[0])];
  switch (op.kind) {
    case OperatorKind::kConv:
    case OperatorKind::kDepthwiseConv:
      WeightedSums(op, input.data(), samples, &output);
      break;
    case OperatorKind::kAdd: {
      const Values& other = (*activations)[static_cast<size_t>(op.inputs[1])];
      output.resize(input.size());
      for (size_t i = 0; i < input.size(); ++i) output[i] = input[i] + other[i];
      break;
    }
    case OperatorKind::kMaxPool:
      MaxPool(op.geometry, input.data(), samples, &output);
      break;
    case OperatorKind::kAveragePool:
      AveragePool(op.geometry, input.data(), samples, &output);
      break;
    case OperatorKind::kMean:
      Mean(op.geometry, input.data(), samples, &output);
      break;
    case OperatorKind::kCopy:
    case OperatorKind::kRelu:
      output = input;
      break;
    case OperatorKind::kLogistic:
      output.resize(input.size());
      for (size_t i = 0; i < input.size(); ++i) output[i] = 1.0f / (1.0f + std::exp(-input[i]));
      break;
    case OperatorKind::kSoftmax:
      SoftmaxRows(op, input, &output);
      break;
    case OperatorKind::kConcatenation:
      Concatenate(network, op, samples, activations);
      break;
    case OperatorKind::kPad:
      Pad(op.geometry, input.data(), samples, tensor.size, &output);
      break;
    case OperatorKind::kUnknown:
      return;
  }
  Requantize(op, tensor, rounding, &output);
}

void Dequantize(const NetworkTensor& tensor, const int8_t* values, size_t count, float* real) {
  for (size_t i = 0; i < count; ++i) {
    real[i] = tensor.scale * static_cast<float>(values[i] - tensor.zero_point);
  }
}

void QuantizeToInt8(const NetworkTensor& tensor, const float* real, size_t count, int8_t* values) {
  for (size_t i = 0; i < count; ++i) {
    const float q = std::rint(real[i] / tensor.scale) + static_cast<float>(tensor.zero_point);
    values[i] = static_cast<int8_t>(std::clamp(q, -128.0f, 127.0f));
  }
}

}  // namespace dtmm
