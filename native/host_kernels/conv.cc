// Convolution as a matrix product: patches of widened inputs times weights, sixteen positions at a time, so
// that the patches stay in the first-level cache while all filters pass over them.
#include <algorithm>

#include "host_kernels/host_kernel.h"

namespace dtmm {
namespace {

constexpr size_t kChunk = 16;         // positions that are gathered together
constexpr size_t kTilePositions = 4;  // positions and filters whose sums are in registers at a time
constexpr size_t kTileFilters = 2;
constexpr size_t kDepthMultiple = 16;  // a vector register of int16 on AVX2, two on NEON

size_t RoundUp(size_t value, size_t multiple) { return (value + multiple - 1) / multiple * multiple; }

// sums[p * stride + f] = dot(patches[p], weights[f]), all of `blocks` times kDepthMultiple values. The loops
// are such that a compiler makes multiply-and-add-pairs instructions of them.
template <size_t kPositions>
void DotTile(const int16_t* __restrict patches, const int16_t* __restrict weights, size_t blocks,
             int32_t* __restrict sums, size_t stride) {
  const size_t depth = blocks * kDepthMultiple;
  int32_t total[kPositions][kTileFilters] = {};
  for (size_t k = 0; k < depth; ++k) {
    for (size_t p = 0; p < kPositions; ++p) {
      for (size_t f = 0; f < kTileFilters; ++f) {
        total[p][f] += int32_t{patches[p * depth + k]} * weights[f * depth + k];
      }
    }
  }
  for (size_t p = 0; p < kPositions; ++p) {
    for (size_t f = 0; f < kTileFilters; ++f) sums[p * stride + f] = total[p][f];
  }
}

class HostConv : public HostKernel {
 public:
  explicit HostConv(const HostLayer& layer)
      : geometry_(layer.geometry),
        batches_(layer.batches),
        zero_point_(static_cast<int16_t>(layer.input_zero_point)),
        rescale_(layer.rescale),
        blocks_(RoundUp(geometry_.PatchSize(), kDepthMultiple) / kDepthMultiple),
        filters_(RoundUp(static_cast<size_t>(geometry_.output_channels), kTileFilters)),
        weights_(filters_ * blocks_ * kDepthMultiple),
        patches_(kChunk * blocks_ * kDepthMultiple),
        sums_(kChunk * filters_) {
    const size_t size = geometry_.PatchSize();
    for (size_t f = 0; f < static_cast<size_t>(geometry_.output_channels); ++f) {
      std::copy_n(layer.weights + f * size, size, weights_.data() + f * blocks_ * kDepthMultiple);
    }
  }

  size_t OutputBytes() const override { return batches_ * geometry_.OutputSize(); }

  void Run(const int8_t* input, int8_t* output) override {
    for (size_t batch = 0; batch < batches_; ++batch) {
      RunSample(input + batch * geometry_.InputSize(), output + batch * geometry_.OutputSize());
    }
  }

 private:
  void RunSample(const int8_t* input, int8_t* output) {
    const size_t depth = blocks_ * kDepthMultiple;
    const size_t positions = geometry_.OutputPositions();
    const auto width = static_cast<size_t>(geometry_.output_width);
    for (size_t first = 0; first < positions; first += kChunk) {
      const size_t count = std::min(kChunk, positions - first);
      for (size_t i = 0; i < count; ++i) {
        const size_t position = first + i;
        GatherPatch(input, static_cast<int>(position / width), static_cast<int>(position % width),
                    patches_.data() + i * depth);
      }
      Multiply(count);
      for (size_t i = 0; i < count; ++i) {
        rescale_.Apply(sums_.data() + i * filters_, output + (first + i) * rescale_.Channels());
      }
    }
  }

  // The inputs less their zero point that output (y, x) reads, in the order of the weights; 0 where there is
  // padding.
  void GatherPatch(const int8_t* input, int y, int x, int16_t* patch) const {
    const auto channels = static_cast<size_t>(geometry_.input_channels);
    const int dilation = geometry_.dilation_width;
    const int left = geometry_.InputColumn(x, 0);
    // Kernel columns [begin, end) are inside of the input; ceiling divisions by the dilation.
    const int begin = std::min(left < 0 ? (dilation - 1 - left) / dilation : 0, geometry_.kernel_width);
    const int room = geometry_.input_width - left + dilation - 1;
    const int end = std::max(begin, std::min(geometry_.kernel_width, room > 0 ? room / dilation : 0));
    for (int ky = 0; ky < geometry_.kernel_height; ++ky) {
      const int row = geometry_.InputRow(y, ky);
      int16_t* to = patch + static_cast<size_t>(ky) * geometry_.kernel_width * channels;
      int16_t* const row_end = to + static_cast<size_t>(geometry_.kernel_width) * channels;
      if (row >= 0 && row < geometry_.input_height) {
        const int8_t* from = input + static_cast<size_t>(row) * geometry_.input_width * channels;
        to = std::fill_n(to, static_cast<size_t>(begin) * channels, int16_t{0});
        // Undilated columns lie side by side.
        const int runs = dilation == 1 ? std::min(end - begin, 1) : end - begin;
        const size_t length = dilation == 1 ? static_cast<size_t>(end - begin) * channels : channels;
        for (int run = 0; run < runs; ++run) {
          to = Widen(from + static_cast<size_t>(left + (begin + run) * dilation) * channels, length, to);
        }
      }
      std::fill(to, row_end, int16_t{0});
    }
  }

  int16_t* Widen(const int8_t* from, size_t count, int16_t* to) const {
    const int16_t zero_point = zero_point_;
    for (size_t i = 0; i < count; ++i) to[i] = static_cast<int16_t>(from[i] - zero_point);
    return to + count;
  }

  // The sums of `count` gathered patches for all filters.
  void Multiply(size_t count) {
    const size_t depth = blocks_ * kDepthMultiple;
    for (size_t f = 0; f < filters_; f += kTileFilters) {
      const int16_t* weights = weights_.data() + f * depth;
      size_t p = 0;
      for (; p + kTilePositions <= count; p += kTilePositions) {
        DotTile<kTilePositions>(patches_.data() + p * depth, weights, blocks_,
                                sums_.data() + p * filters_ + f, filters_);
      }
      for (; p < count; ++p) {
        DotTile<1>(patches_.data() + p * depth, weights, blocks_, sums_.data() + p * filters_ + f, filters_);
      }
    }
  }

  ConvGeometry geometry_;
  size_t batches_;
  int16_t zero_point_;
  Rescale rescale_;
  size_t blocks_;                 // of kDepthMultiple values in a patch, the last one filled up with zeros
  size_t filters_;                // output channels, filled up to a whole tile
  std::vector<int16_t> weights_;  // [filters_][blocks_ * kDepthMultiple]
  std::vector<int16_t> patches_;  // [kChunk][blocks_ * kDepthMultiple]
  std::vector<int32_t> sums_;     // [kChunk][filters_]
};

}  // namespace

std::unique_ptr<HostKernel> MakeHostConv(const HostLayer& layer) { return std::make_unique<HostConv>(layer); }

}  // namespace dtmm
