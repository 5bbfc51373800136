// Depthwise convolution, sixteen channels at a time in vectors of the compiler's own.
#include <algorithm>
#include <cstring>

#include "host_kernels/host_kernel.h"

namespace dtmm {
namespace {

constexpr size_t kLanes = 16;
typedef int16_t Values __attribute__((vector_size(kLanes * sizeof(int16_t))));
typedef int32_t Sums __attribute__((vector_size(kLanes * sizeof(int32_t))));

// By address: vectors that are passed by value change the calling convention with the CPU.
void Load(const int16_t* from, Values* values) { std::memcpy(values, from, sizeof *values); }

class HostDepthwise : public HostKernel {
 public:
  explicit HostDepthwise(const HostLayer& layer)
      : geometry_(layer.geometry),
        batches_(layer.batches),
        zero_point_(static_cast<int16_t>(layer.input_zero_point)),
        rescale_(layer.rescale),
        lanes_((rescale_.Channels() + kLanes - 1) / kLanes * kLanes),
        weights_(static_cast<size_t>(geometry_.kernel_height) * geometry_.kernel_width * lanes_),
        widened_(static_cast<size_t>(geometry_.input_height) * geometry_.input_width * lanes_),
        sums_(lanes_) {
    const size_t channels = rescale_.Channels();
    for (size_t tap = 0; tap * lanes_ < weights_.size(); ++tap) {
      std::copy_n(layer.weights + tap * channels, channels, weights_.data() + tap * lanes_);
    }
  }

  size_t OutputBytes() const override { return batches_ * geometry_.OutputSize(); }

  void Run(const int8_t* input, int8_t* output) override {
    for (size_t batch = 0; batch < batches_; ++batch) {
      Widen(input + batch * geometry_.InputSize());
      for (int y = 0; y < geometry_.output_height; ++y) {
        for (int x = 0; x < geometry_.output_width; ++x, output += rescale_.Channels()) {
          Accumulate(y, x);
          rescale_.Apply(sums_.data(), output);
        }
      }
    }
  }

 private:
  // Every input less its zero point, as often as there are output channels that read it.
  void Widen(const int8_t* input) {
    const auto channels = static_cast<size_t>(geometry_.input_channels);
    const size_t copies = rescale_.Channels() / channels;
    for (size_t pixel = 0; pixel * lanes_ < widened_.size(); ++pixel) {
      int16_t* to = widened_.data() + pixel * lanes_;
      for (size_t c = 0; c < channels; ++c) {
        to = std::fill_n(to, copies, static_cast<int16_t>(input[pixel * channels + c] - zero_point_));
      }
    }
  }

  // The sums of output (y, x). A product of an input within +-255 and a weight of at least -128 fits into 16
  // bits.
  void Accumulate(int y, int x) {
    for (size_t lane = 0; lane < lanes_; lane += kLanes) {
      Sums sums = {};
      for (int ky = 0; ky < geometry_.kernel_height; ++ky) {
        const int row = geometry_.InputRow(y, ky);
        if (row < 0 || row >= geometry_.input_height) continue;
        for (int kx = 0; kx < geometry_.kernel_width; ++kx) {
          const int column = geometry_.InputColumn(x, kx);
          if (column < 0 || column >= geometry_.input_width) continue;
          const size_t pixel = static_cast<size_t>(row) * geometry_.input_width + column;
          const size_t tap = static_cast<size_t>(ky) * geometry_.kernel_width + kx;
          Values values;
          Values weights;
          Load(&widened_[pixel * lanes_ + lane], &values);
          Load(&weights_[tap * lanes_ + lane], &weights);
          sums += __builtin_convertvector(values * weights, Sums);
        }
      }
      std::memcpy(&sums_[lane], &sums, sizeof sums);
    }
  }

  ConvGeometry geometry_;
  size_t batches_;
  int16_t zero_point_;
  Rescale rescale_;
  size_t lanes_;                  // output channels, filled up to whole vectors
  std::vector<int16_t> weights_;  // [kernel height][kernel width][lanes_]
  std::vector<int16_t> widened_;  // [input height][input width][lanes_]
  std::vector<int32_t> sums_;
};

}  // namespace

std::unique_ptr<HostKernel> MakeHostDepthwise(const HostLayer& layer) {
  return std::make_unique<HostDepthwise>(layer);
}

}  // namespace dtmm
