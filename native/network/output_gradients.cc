#include "network/output_gradients.h"

#include "fisher.h"
#include "network/forward.h"
#include "network/parallel.h"

namespace dtmm {
namespace {

constexpr uint64_t kDrawStride = 64;  // seeds that a sample has for its draws
// Samples are cut into this many parts, whatever the number of threads: sums are added in the order of parts.
constexpr size_t kParts = 8;

using Sums = std::vector<std::vector<double>>;

void AddTo(const Sums& from, Sums* to) {
  to->resize(from.size());
  for (size_t layer = 0; layer < from.size(); ++layer) {
    (*to)[layer].resize(from[layer].size(), 0.0);
    for (size_t c = 0; c < from[layer].size(); ++c) (*to)[layer][c] += from[layer][c];
  }
}

}  // namespace

uint64_t DrawSeed(uint64_t seed, uint64_t sample, uint64_t draw) {
  return (seed + sample) * kDrawStride + draw;
}

std::vector<std::vector<double>> SquaredOutputGradients(const Network& network,
                                                        const std::vector<int>& observed,
                                                        const std::vector<int8_t>& inputs, size_t samples,
                                                        size_t draws, uint64_t seed, size_t threads) {
  const LossPoint point = FindLossPoint(network);
  const auto input = static_cast<size_t>(network.input);
  const size_t size = network.tensors[input].size;
  std::vector<Sums> parts(kParts);
  ForEachPart(kParts, threads, [&](size_t part) {
    Fisher fisher(&network, observed);
    Activations activations(network.tensors.size());
    const size_t end = samples * (part + 1) / kParts;
    for (size_t s = samples * part / kParts; s < end; ++s) {
      activations[input].resize(size);
      Dequantize(network.tensors[input], inputs.data() + s * size, size, activations[input].data());
      for (size_t op = 0; op < point.operator_count; ++op) {
        Forward(network, network.operators[op], 1, Rounding::kInt8, &activations);
      }
      for (size_t draw = 0; draw < draws; ++draw) {
        AddTo(fisher.SquaredGradients(activations, DrawSeed(seed, s, draw)), &parts[part]);
      }
    }
  });
  Sums sums;
  for (const Sums& part : parts) {
    if (!part.empty()) AddTo(part, &sums);
  }
  return sums;
}

}  // namespace dtmm
