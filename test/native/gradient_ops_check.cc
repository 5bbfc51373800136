// Holds the backward step of every operator, for batches of three samples, against central differences of a
// plain forward pass. Prints one line per check: name and largest absolute difference.
#include <cmath>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "network/backward_ops.h"
#include "random.h"

using dtmm::ConvGeometry;
using dtmm::NetworkOperator;
using dtmm::WeightGradient;
using Values = std::vector<float>;
using Forward = std::function<std::vector<double>(const Values&)>;
using Backward = std::function<void(const Values& input, const Values& from, Values* to)>;

static constexpr int kSamples = 3;

static dtmm::RandomStream stream(42);

static Values Random(size_t size) {
  Values values(size);
  for (float& v : values) v = static_cast<float>(stream.Uniform() * 2 - 1);
  return values;
}

// The gradient of dot(output, direction) with respect to every value that `forward` depends on.
static void Check(const std::string& name, size_t size, const Forward& forward, const Backward& backward) {
  Values at = Random(size);
  const size_t outputs = forward(at).size();
  const Values direction = Random(outputs);
  Values gradient(size, 0.25f);  // what was there before must stay: gradients add up
  backward(at, direction, &gradient);
  double worst = 0;
  const float step = 1.0f / 1024;
  for (size_t i = 0; i < size; ++i) {
    const float middle = at[i];
    double difference = 0;
    for (const float sign : {1.0f, -1.0f}) {
      at[i] = middle + sign * step;
      const std::vector<double> out = forward(at);
      for (size_t o = 0; o < outputs; ++o) difference += sign * direction[o] * out[o];
    }
    at[i] = middle;
    worst = std::fmax(worst, std::fabs(difference / (2 * step) + 0.25 - gradient[i]));
  }
  std::printf("%s %.6f\n", name.c_str(), worst);
}

// Calls visit(output pixel, input pixel, kernel pixel) for every tap of every sample; pixels count through
// the batch.
template <typename Visit>
static void Taps(const ConvGeometry& g, const Visit& visit) {
  for (int s = 0; s < kSamples; ++s)
    for (int y = 0; y < g.output_height; ++y)
      for (int x = 0; x < g.output_width; ++x)
        for (int ky = 0; ky < g.kernel_height; ++ky)
          for (int kx = 0; kx < g.kernel_width; ++kx) {
            const int iy = y * g.stride_height - g.pad_top + ky * g.dilation_height;
            const int ix = x * g.stride_width - g.pad_left + kx * g.dilation_width;
            if (iy < 0 || iy >= g.input_height || ix < 0 || ix >= g.input_width) continue;
            visit((s * g.output_height + y) * g.output_width + x,
                  (s * g.input_height + iy) * g.input_width + ix, ky * g.kernel_width + kx);
          }
}

static ConvGeometry Geometry(int in_channels, int out_channels, int stride, int dilation) {
  ConvGeometry g;
  g.input_height = 7;
  g.input_width = 6;
  g.input_channels = in_channels;
  g.output_channels = out_channels;
  g.kernel_height = 3;
  g.kernel_width = 2;
  g.stride_height = g.stride_width = stride;
  g.dilation_height = g.dilation_width = dilation;
  g.pad_top = 1;
  g.output_height = (7 + 1 - (2 * dilation + 1)) / stride + 1;
  g.output_width = (6 - (dilation + 1)) / stride + 1;
  return g;
}

// Filter and bias as one vector, the bias last.
static Forward ByConstants(
    const std::function<std::vector<double>(const Values& filter, const Values& bias)>& f,
    size_t filter_size) {
  return [=](const Values& constants) {
    const auto split = constants.begin() + static_cast<std::ptrdiff_t>(filter_size);
    return f(Values(constants.begin(), split), Values(split, constants.end()));
  };
}

using WeightBackward = std::function<void(const Values& from, WeightGradient* gradient)>;

static Backward ByConstants(const WeightBackward& backward, size_t filter_size) {
  return [=](const Values&, const Values& from, Values* to) {
    const auto split = to->begin() + static_cast<std::ptrdiff_t>(filter_size);
    WeightGradient gradient = {Values(to->begin(), split), Values(split, to->end())};
    backward(from, &gradient);
    std::copy(gradient.filter.begin(), gradient.filter.end(), to->begin());
    std::copy(gradient.bias.begin(), gradient.bias.end(), split);
  };
}

// A layer with weights by its input and by its constants; `tap` is its sum for one tap: out[channels] += ...
using Tap = std::function<void(const float* pixel, const Values& filter, int kernel, double* out)>;

static void CheckWeighted(const std::string& name, const NetworkOperator& op, const Tap& tap) {
  const ConvGeometry& g = op.geometry;
  const auto forward = [&](const Values& in, const Values& filter, const Values& bias) {
    std::vector<double> out(kSamples * g.OutputSize());
    for (size_t i = 0; i < out.size(); ++i) out[i] = bias[i % bias.size()];
    Taps(g, [&](int o, int i, int k) {
      tap(in.data() + i * g.input_channels, filter, k, out.data() + o * g.output_channels);
    });
    return out;
  };
  const bool depthwise = op.kind == dtmm::OperatorKind::kDepthwiseConv;
  Check(
      name, kSamples * g.InputSize(), [&](const Values& in) { return forward(in, op.filter, op.bias); },
      [&](const Values&, const Values& from, Values* to) {
        if (depthwise) return dtmm::DepthwiseConvBackward(op, kSamples, from, to);
        dtmm::ConvBackward(op, kSamples, from, to);
      });
  const Values input = Random(kSamples * g.InputSize());
  const size_t filter_size = op.filter.size();
  Check(name + "-weights", filter_size + op.bias.size(),
        ByConstants([&](const Values& filter, const Values& bias) { return forward(input, filter, bias); },
                    filter_size),
        ByConstants(
            [&](const Values& from, WeightGradient* gradient) {
              if (depthwise) return dtmm::DepthwiseConvWeightGradient(op, kSamples, input, from, gradient);
              dtmm::ConvWeightGradient(op, kSamples, input, from, gradient);
            },
            filter_size));
}

static void CheckConv(const std::string& name, const ConvGeometry& geometry) {
  NetworkOperator op;
  op.kind = dtmm::OperatorKind::kConv;
  op.geometry = geometry;
  op.filter = Random(static_cast<size_t>(geometry.output_channels) * geometry.PatchSize());
  op.bias = Random(static_cast<size_t>(geometry.output_channels));
  const int kernel = geometry.kernel_height * geometry.kernel_width;
  CheckWeighted(name, op, [&](const float* pixel, const Values& filter, int k, double* out) {
    for (int o = 0; o < geometry.output_channels; ++o)
      for (int c = 0; c < geometry.input_channels; ++c)
        out[o] += double(pixel[c]) * filter[(o * kernel + k) * geometry.input_channels + c];
  });
}

static void CheckDepthwise(const std::string& name, const ConvGeometry& geometry) {
  NetworkOperator op;
  op.kind = dtmm::OperatorKind::kDepthwiseConv;
  op.geometry = geometry;
  const int outputs = geometry.output_channels;
  op.filter = Random(static_cast<size_t>(geometry.kernel_height * geometry.kernel_width * outputs));
  op.bias = Random(static_cast<size_t>(outputs));
  const int multiplier = outputs / geometry.input_channels;
  CheckWeighted(name, op, [&](const float* pixel, const Values& filter, int k, double* out) {
    for (int o = 0; o < outputs; ++o) out[o] += double(pixel[o / multiplier]) * filter[k * outputs + o];
  });
}

static void CheckConvs() {
  for (const int stride : {1, 2}) {
    for (const int dilation : {1, 2}) {
      const auto suffix = "-stride" + std::to_string(stride) + "-dilation" + std::to_string(dilation);
      CheckConv("conv" + suffix, Geometry(3, 4, stride, dilation));
      CheckDepthwise("depthwise" + suffix, Geometry(3, 6, stride, dilation));
    }
  }
  CheckDepthwise("depthwise-single", Geometry(3, 3, 1, 1));
  ConvGeometry pointwise = Geometry(5, 4, 1, 1);
  pointwise.kernel_height = pointwise.kernel_width = 1;
  pointwise.pad_top = 0;
  pointwise.output_height = 7;
  pointwise.output_width = 6;
  CheckConv("conv-pointwise", pointwise);
  ConvGeometry rows;  // a fully connected layer over two rows
  rows.kernel_height = rows.kernel_width = rows.input_height = rows.output_height = 1;
  rows.input_width = rows.output_width = 2;
  rows.input_channels = 8;
  rows.output_channels = 5;
  CheckConv("fullyConnected", rows);
  // More output pixels than the patches that are in memory at once.
  ConvGeometry large = Geometry(1, 1, 1, 1);
  large.input_height = 15;
  large.input_width = 14;
  large.output_height = 14;
  large.output_width = 13;
  CheckConv("conv-large", large);
}

static void CheckPools() {
  NetworkOperator op;
  op.geometry = Geometry(3, 3, 2, 1);
  const size_t inputs = kSamples * op.geometry.InputSize();
  const auto max_pool = [&](const Values& in) {
    std::vector<double> out(kSamples * op.geometry.OutputSize(), -100.0);
    Taps(op.geometry, [&](int o, int i, int) {
      for (int c = 0; c < 3; ++c) out[o * 3 + c] = std::fmax(out[o * 3 + c], in[i * 3 + c]);
    });
    return out;
  };
  Check("maxPool", inputs, max_pool, [&](const Values& in, const Values& from, Values* to) {
    dtmm::MaxPoolBackward(op, kSamples, in, from, to);
  });
  const auto average_pool = [&](const Values& in) {
    std::vector<double> out(kSamples * op.geometry.OutputSize());
    std::vector<int> taps(kSamples * op.geometry.OutputPositions());
    Taps(op.geometry, [&](int o, int, int) { ++taps[o]; });
    Taps(op.geometry, [&](int o, int i, int) {
      for (int c = 0; c < 3; ++c) out[o * 3 + c] += double(in[i * 3 + c]) / taps[o];
    });
    return out;
  };
  Check("averagePool", inputs, average_pool, [&](const Values&, const Values& from, Values* to) {
    dtmm::AveragePoolBackward(op, kSamples, from, to);
  });
}

static void CheckOutputs() {
  NetworkOperator softmax;
  softmax.geometry.output_channels = 4;
  softmax.beta = 1.5f;
  const auto softmax_forward = [](const Values& in) {
    std::vector<double> out(in.size());
    for (size_t row = 0; row < in.size(); row += 4) {
      double sum = 0;
      for (size_t i = row; i < row + 4; ++i) sum += out[i] = std::exp(1.5 * in[i]);
      for (size_t i = row; i < row + 4; ++i) out[i] /= sum;
    }
    return out;
  };
  Check("softmax", 4 * kSamples, softmax_forward, [&](const Values& in, const Values& from, Values* to) {
    const std::vector<double> out = softmax_forward(in);
    dtmm::SoftmaxBackward(softmax, Values(out.begin(), out.end()), from, to);
  });

  const auto logistic_forward = [](const Values& in) {
    std::vector<double> out(in.size());
    for (size_t i = 0; i < in.size(); ++i) out[i] = 1 / (1 + std::exp(-double(in[i])));
    return out;
  };
  Check("logistic", 7, logistic_forward, [&](const Values& in, const Values& from, Values* to) {
    const std::vector<double> out = logistic_forward(in);
    dtmm::LogisticBackward(Values(out.begin(), out.end()), from, to);
  });

  // The fused activation stops what it clamps; no value of the check lies within a step of its borders.
  NetworkOperator relu;
  relu.activation_min = 0;
  relu.activation_max = 0.5f;
  const auto relu_forward = [](const Values& in) {
    std::vector<double> out(in.size());
    for (size_t i = 0; i < in.size(); ++i) out[i] = std::fmin(std::fmax(in[i], 0), 0.5);
    return out;
  };
  Check("clamped", 40, relu_forward, [&](const Values& in, const Values& from, Values* to) {
    const std::vector<double> out = relu_forward(in);
    Values masked = from;
    dtmm::MaskClamped(relu, Values(out.begin(), out.end()), &masked);
    dtmm::CopyBackward(masked, to);
  });
}

static void CheckShapes() {
  NetworkOperator mean;
  mean.geometry.input_channels = 3;
  const auto mean_forward = [](const Values& in) {
    std::vector<double> out(3 * kSamples);
    const size_t size = in.size() / kSamples;
    for (size_t i = 0; i < in.size(); ++i) out[i / size * 3 + i % 3] += in[i] / (size / 3.0);
    return out;
  };
  Check("mean", 36 * kSamples, mean_forward,
        [&](const Values&, const Values& from, Values* to) { dtmm::MeanBackward(mean, kSamples, from, to); });

  NetworkOperator pad;
  pad.geometry = Geometry(2, 2, 1, 1);
  pad.geometry.pad_left = 2;
  pad.geometry.output_height = 10;
  pad.geometry.output_width = 9;
  const auto pad_forward = [](const Values& in) {
    std::vector<double> out(kSamples * 10 * 9 * 2);
    for (int s = 0; s < kSamples; ++s)
      for (int y = 0; y < 7; ++y)
        for (int i = 0; i < 12; ++i) out[s * 180 + (y + 1) * 18 + 4 + i] = in[s * 84 + y * 12 + i];
    return out;
  };
  Check("pad", kSamples * 7 * 6 * 2, pad_forward,
        [&](const Values&, const Values& from, Values* to) { dtmm::PadBackward(pad, kSamples, from, to); });

  // Two inputs of 2 and 3 channels over 4 positions per sample, as one vector here.
  constexpr int kPixels = 4 * kSamples;
  NetworkOperator concatenation;
  concatenation.inputs = {0, 1};
  concatenation.geometry.output_channels = 5;
  const auto concatenation_forward = [](const Values& in) {
    std::vector<double> out(5 * kPixels);
    for (int p = 0; p < kPixels; ++p) {
      for (int c = 0; c < 2; ++c) out[p * 5 + c] = in[p * 2 + c];
      for (int c = 0; c < 3; ++c) out[p * 5 + 2 + c] = in[2 * kPixels + p * 3 + c];
    }
    return out;
  };
  Check("concatenation", 5 * kPixels, concatenation_forward,
        [&](const Values&, const Values& from, Values* to) {
          const auto split = to->begin() + 2 * kPixels;
          Values parts[2] = {Values(to->begin(), split), Values(split, to->end())};
          dtmm::ConcatenationBackward(concatenation, from, [&](int tensor) { return &parts[tensor]; });
          std::copy(parts[0].begin(), parts[0].end(), to->begin());
          std::copy(parts[1].begin(), parts[1].end(), split);
        });
}

int main() {
  CheckConvs();
  CheckPools();
  CheckOutputs();
  CheckShapes();
  return 0;
}
