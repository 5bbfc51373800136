// Holds the backward step of every operator against central differences of a plain forward pass.
// Prints one line per operator: name and largest absolute difference.
#include <cmath>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "gradient_ops.h"
#include "random.h"

using dtmm::ConvGeometry;
using dtmm::GradientOperator;
using Values = std::vector<float>;
using Forward = std::function<std::vector<double>(const Values&)>;
using Backward = std::function<void(const Values& input, const Values& from, Values* to)>;

static dtmm::RandomStream stream(42);

static Values Random(size_t size) {
  Values values(size);
  for (float& v : values) v = static_cast<float>(stream.Uniform() * 2 - 1);
  return values;
}

// One operator: the gradient of dot(output, direction) with respect to every input value.
static void Check(const std::string& name, size_t inputs, const Forward& forward, const Backward& backward) {
  Values input = Random(inputs);
  const size_t outputs = forward(input).size();
  const Values direction = Random(outputs);
  Values gradient(inputs, 0.25f);  // what was there before must stay: gradients add up
  backward(input, direction, &gradient);
  double worst = 0;
  const float step = 1.0f / 1024;
  for (size_t i = 0; i < inputs; ++i) {
    const float at = input[i];
    double difference = 0;
    for (const float sign : {1.0f, -1.0f}) {
      input[i] = at + sign * step;
      const std::vector<double> out = forward(input);
      for (size_t o = 0; o < outputs; ++o) difference += sign * direction[o] * out[o];
    }
    input[i] = at;
    worst = std::fmax(worst, std::fabs(difference / (2 * step) + 0.25 - gradient[i]));
  }
  std::printf("%s %.6f\n", name.c_str(), worst);
}

// Calls visit(output index, input index, kernel index) for every tap of channel pairs chosen by the caller.
template <typename Visit>
static void Taps(const ConvGeometry& g, const Visit& visit) {
  for (int y = 0; y < g.output_height; ++y)
    for (int x = 0; x < g.output_width; ++x)
      for (int ky = 0; ky < g.kernel_height; ++ky)
        for (int kx = 0; kx < g.kernel_width; ++kx) {
          const int iy = y * g.stride_height - g.pad_top + ky * g.dilation_height;
          const int ix = x * g.stride_width - g.pad_left + kx * g.dilation_width;
          if (iy >= 0 && iy < g.input_height && ix >= 0 && ix < g.input_width) {
            visit(y * g.output_width + x, iy * g.input_width + ix, ky * g.kernel_width + kx);
          }
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

static void CheckConvs() {
  for (const int stride : {1, 2}) {
    for (const int dilation : {1, 2}) {
      GradientOperator op;
      op.geometry = Geometry(3, 4, stride, dilation);
      op.filter = Random(4 * op.geometry.PatchSize());
      const auto suffix = "-stride" + std::to_string(stride) + "-dilation" + std::to_string(dilation);
      const auto conv = [&](const Values& in) {
        std::vector<double> out(op.geometry.OutputSize());
        Taps(op.geometry, [&](int o, int i, int k) {
          for (int oc = 0; oc < 4; ++oc)
            for (int c = 0; c < 3; ++c)
              out[o * 4 + oc] += double(in[i * 3 + c]) * op.filter[(oc * 6 + k) * 3 + c];
        });
        return out;
      };
      Check("conv" + suffix, op.geometry.InputSize(), conv,
            [&](const Values&, const Values& from, Values* to) { dtmm::ConvBackward(op, from, to); });

      GradientOperator depthwise = op;
      depthwise.geometry.output_channels = 6;
      depthwise.filter = Random(6 * 6);
      const auto depthwise_forward = [&](const Values& in) {
        std::vector<double> out(depthwise.geometry.OutputSize());
        Taps(depthwise.geometry, [&](int o, int i, int k) {
          for (int oc = 0; oc < 6; ++oc)
            out[o * 6 + oc] += double(in[i * 3 + oc / 2]) * depthwise.filter[k * 6 + oc];
        });
        return out;
      };
      Check("depthwise" + suffix, op.geometry.InputSize(), depthwise_forward,
            [&](const Values&, const Values& from, Values* to) {
              dtmm::DepthwiseConvBackward(depthwise, from, to);
            });
    }
  }
}

static void CheckPools() {
  GradientOperator op;
  op.geometry = Geometry(3, 3, 2, 1);
  const auto max_pool = [&](const Values& in) {
    std::vector<double> out(op.geometry.OutputSize(), -100.0);
    Taps(op.geometry, [&](int o, int i, int) {
      for (int c = 0; c < 3; ++c) out[o * 3 + c] = std::fmax(out[o * 3 + c], in[i * 3 + c]);
    });
    return out;
  };
  Check("maxPool", op.geometry.InputSize(), max_pool,
        [&](const Values& in, const Values& from, Values* to) { dtmm::MaxPoolBackward(op, in, from, to); });
  const auto average_pool = [&](const Values& in) {
    std::vector<double> out(op.geometry.OutputSize());
    std::vector<int> taps(op.geometry.OutputPositions());
    Taps(op.geometry, [&](int o, int, int) { ++taps[o]; });
    Taps(op.geometry, [&](int o, int i, int) {
      for (int c = 0; c < 3; ++c) out[o * 3 + c] += double(in[i * 3 + c]) / taps[o];
    });
    return out;
  };
  Check("averagePool", op.geometry.InputSize(), average_pool,
        [&](const Values&, const Values& from, Values* to) { dtmm::AveragePoolBackward(op, from, to); });
}

static void CheckOthers() {
  GradientOperator dense;
  dense.geometry.output_channels = 5;
  dense.filter = Random(5 * 8);
  const auto fully_connected = [&](const Values& in) {
    std::vector<double> out(10);
    for (int row = 0; row < 2; ++row)
      for (int o = 0; o < 5; ++o)
        for (int i = 0; i < 8; ++i) out[row * 5 + o] += double(in[row * 8 + i]) * dense.filter[o * 8 + i];
    return out;
  };
  Check("fullyConnected", 16, fully_connected, [&](const Values&, const Values& from, Values* to) {
    dtmm::FullyConnectedBackward(dense, from, to);
  });

  GradientOperator mean;
  mean.geometry.input_channels = 3;
  const auto mean_forward = [](const Values& in) {
    std::vector<double> out(3);
    for (size_t i = 0; i < in.size(); ++i) out[i % 3] += in[i] / (in.size() / 3.0);
    return out;
  };
  Check("mean", 36, mean_forward,
        [&](const Values&, const Values& from, Values* to) { dtmm::MeanBackward(mean, from, to); });

  GradientOperator softmax;
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
  Check("softmax", 8, softmax_forward, [&](const Values& in, const Values& from, Values* to) {
    const std::vector<double> out = softmax_forward(in);
    dtmm::SoftmaxBackward(softmax, Values(out.begin(), out.end()), from, to);
  });

  GradientOperator pad;
  pad.geometry = Geometry(2, 2, 1, 1);
  pad.geometry.pad_left = 2;
  pad.geometry.output_height = 10;
  pad.geometry.output_width = 9;
  const auto pad_forward = [](const Values& in) {
    std::vector<double> out(10 * 9 * 2);
    for (int y = 0; y < 7; ++y)
      for (int i = 0; i < 12; ++i) out[(y + 1) * 18 + 4 + i] = in[y * 12 + i];
    return out;
  };
  Check("pad", 7 * 6 * 2, pad_forward,
        [&](const Values&, const Values& from, Values* to) { dtmm::PadBackward(pad, from, to); });

  // Two inputs of 2 and 3 channels over 4 positions, as one vector here.
  GradientOperator concatenation;
  concatenation.inputs = {0, 1};
  concatenation.geometry.output_channels = 5;
  const auto concatenation_forward = [](const Values& in) {
    std::vector<double> out(20);
    for (int p = 0; p < 4; ++p) {
      for (int c = 0; c < 2; ++c) out[p * 5 + c] = in[p * 2 + c];
      for (int c = 0; c < 3; ++c) out[p * 5 + 2 + c] = in[8 + p * 3 + c];
    }
    return out;
  };
  Check("concatenation", 20, concatenation_forward, [&](const Values&, const Values& from, Values* to) {
    Values parts[2] = {Values(to->begin(), to->begin() + 8), Values(to->begin() + 8, to->end())};
    dtmm::ConcatenationBackward(concatenation, {8, 12}, from, [&](int tensor) { return &parts[tensor]; });
    std::copy(parts[0].begin(), parts[0].end(), to->begin());
    std::copy(parts[1].begin(), parts[1].end(), to->begin() + 8);
  });
}

int main() {
  CheckConvs();
  CheckPools();
  CheckOthers();
  return 0;
}
