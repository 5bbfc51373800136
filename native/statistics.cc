#include "statistics.h"

#include <string>
#include <utility>

#include "fault.h"
#include "network/forward.h"
#include "network/output_gradients.h"

namespace dtmm {
Statistics::Statistics(Bytes model, size_t arena_bytes, StatisticsPlan plan)
    : plan_(std::move(plan)),
      interpreter_(model.data, model.size, arena_bytes),
      fisher_(&plan_.network, plan_.observed),
      quantised_(plan_.network.tensors.size()),
      real_(plan_.network.tensors.size()) {
  for (const int index : plan_.observed) {
    const NetworkOperator& op = plan_.network.operators.at(static_cast<size_t>(index));
    moments_.emplace_back(op.geometry,
                          plan_.network.tensors.at(static_cast<size_t>(op.inputs.at(0))).zero_point);
  }
  interpreter_.Observe([this](int, int tensor, const void* data, size_t bytes) {
    Capture(tensor, static_cast<const int8_t*>(data), bytes);
  });
}

void Statistics::Capture(int tensor, const int8_t* data, size_t bytes) {
  const auto index = static_cast<size_t>(tensor);
  const NetworkTensor& scale = plan_.network.tensors.at(index);
  if (scale.scale == 0) return;
  quantised_[index].assign(data, data + bytes);
  std::vector<float>& real = real_[index];
  real.resize(bytes);
  Dequantize(scale, data, bytes, real.data());
}

std::vector<std::vector<double>> Statistics::Add(Bytes inputs, size_t samples, uint64_t seed,
                                                 uint64_t first_sample) {
  const std::vector<int>& observed = plan_.observed;
  std::vector<std::vector<double>> total(observed.size());
  const size_t sample_bytes = samples == 0 ? 0 : inputs.size / samples;
  for (size_t s = 0; s < samples; ++s) {
    const uint8_t* input = inputs.data + s * sample_bytes;
    // The first sample of a session proves the host kernels; one that fails leaves its operator to the
    // tree's.
    interpreter_.Invoke(input, sample_bytes, std::exchange(proven_, true) ? Kernels::kHost : Kernels::kTree);
    Capture(plan_.network.input, reinterpret_cast<const int8_t*>(input), sample_bytes);
    for (size_t layer = 0; layer < observed.size(); ++layer) {
      const NetworkOperator& op = plan_.network.operators[static_cast<size_t>(observed[layer])];
      const std::vector<int8_t>& values = quantised_[static_cast<size_t>(op.inputs[0])];
      if (values.size() != op.geometry.InputSize()) {
        throw Fault("STATISTICS_SHAPE", "operator " + std::to_string(observed[layer]) + " reads " +
                                            std::to_string(values.size()) + " values, its shape says " +
                                            std::to_string(op.geometry.InputSize()));
      }
      moments_[layer].Add(values.data());
    }
    for (size_t draw = 0; draw < plan_.draws; ++draw) {
      const auto squared = fisher_.SquaredGradients(real_, DrawSeed(seed, first_sample + s, draw));
      for (size_t layer = 0; layer < observed.size(); ++layer) {
        total[layer].resize(squared[layer].size(), 0.0);
        for (size_t c = 0; c < squared[layer].size(); ++c) total[layer][c] += squared[layer][c];
      }
    }
  }
  return total;
}

}  // namespace dtmm
