#include "network/label_gradients.h"

#include <algorithm>

#include "fault.h"
#include "network/distil_loss.h"
#include "network/forward.h"
#include "network/parallel.h"
#include "network/tape.h"

namespace dtmm {
namespace {

// Parts and batches do not depend on the number of threads: sums are added in their order.
constexpr size_t kParts = 8;
constexpr size_t kBatch = 16;

void CheckRequest(const Network& network, Bytes inputs, size_t samples, const std::vector<int>& labels) {
  CheckForward(network);
  const size_t size = network.tensors[static_cast<size_t>(network.input)].size;
  const auto classes = static_cast<int>(network.tensors[static_cast<size_t>(network.output)].size);
  const bool labelled =
      std::all_of(labels.begin(), labels.end(), [&](int label) { return label >= 0 && label < classes; });
  if (!labelled || inputs.size != samples * size || labels.size() != samples ||
      network.loss != LossKind::kClasses) {
    throw Fault("NETWORK_PLAN", "network, samples and labels do not fit together");
  }
}

}  // namespace

std::vector<std::vector<double>> WeightTimesGradient(const Network& network, const std::vector<int>& observed,
                                                     Bytes inputs, size_t samples,
                                                     const std::vector<int>& labels, size_t threads) {
  CheckRequest(network, inputs, samples, labels);
  const LossPoint point = FindLossPoint(network);
  const auto input = static_cast<size_t>(network.input);
  const size_t size = network.tensors[input].size;
  DistilLoss loss;
  loss.outputs = network.tensors[static_cast<size_t>(point.tensor)].size;
  loss.beta = point.beta;
  loss.label_share = 1;
  const auto* bytes = reinterpret_cast<const int8_t*>(inputs.data);
  std::vector<std::vector<WeightGradient>> sums(kParts);
  ForEachPart(kParts, threads, [&](size_t part) {
    for (const int index : observed) {
      const NetworkOperator& op = network.operators[static_cast<size_t>(index)];
      sums[part].push_back({Values(op.filter.size()), Values(op.bias.size())});
    }
    Activations activations(network.tensors.size());
    Tape tape(&network);
    const size_t end = samples * (part + 1) / kParts;
    for (size_t first = samples * part / kParts; first < end; first += kBatch) {
      const size_t count = std::min(kBatch, end - first);
      activations[input].resize(count * size);
      Dequantize(network.tensors[input], bytes + first * size, count * size, activations[input].data());
      for (size_t op = 0; op < point.operator_count; ++op)
        Forward(network, network.operators[op], count, Rounding::kInt8, &activations);
      tape.Reset(count);
      const Values& logits = activations[static_cast<size_t>(point.tensor)];
      Values& gradient = tape.GradientOf(point.tensor);
      for (size_t s = 0; s < count; ++s) {
        const size_t at = s * loss.outputs;
        loss.Add(logits.data() + at, nullptr, labels[first + s], 1, gradient.data() + at);
      }
      tape.Walk(activations, 0, point.operator_count, [&](size_t op, const Values& from) {
        const auto found = std::find(observed.begin(), observed.end(), static_cast<int>(op));
        if (found == observed.end()) return;
        const NetworkOperator& layer = network.operators[op];
        ConvWeightGradient(layer, count, activations[static_cast<size_t>(layer.inputs[0])], from,
                           &sums[part][static_cast<size_t>(found - observed.begin())]);
      });
    }
  });
  std::vector<std::vector<double>> products;
  for (size_t l = 0; l < observed.size(); ++l) {
    const Values& filter = network.operators[static_cast<size_t>(observed[l])].filter;
    std::vector<double> product(filter.size());
    for (const auto& part : sums) {
      for (size_t i = 0; i < product.size(); ++i)
        product[i] += static_cast<double>(filter[i]) * part[l].filter[i];
    }
    products.push_back(std::move(product));
  }
  return products;
}

}  // namespace dtmm
