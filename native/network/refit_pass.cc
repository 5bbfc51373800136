#include "network/refit_pass.h"

#include <algorithm>
#include <memory>
#include <string>

#include "fault.h"
#include "moments.h"
#include "network/forward.h"
#include "network/output_gradients.h"
#include "network/parallel.h"

namespace dtmm {
namespace {

// Samples are cut into this many parts, whatever the number of threads: sums are added in the order of parts.
constexpr size_t kParts = 8;
// Samples that are real values at once, per part.
constexpr size_t kBatch = 8;

struct Range {
  size_t first;
  size_t last;
};

Range PartOf(size_t samples, size_t part) { return {samples * part / kParts, samples * (part + 1) / kParts}; }

void AddTo(const std::vector<double>& from, std::vector<double>* to) {
  if (to->empty()) to->resize(from.size());
  for (size_t i = 0; i < from.size(); ++i) (*to)[i] += from[i];
}

}  // namespace

RefitPass::RefitPass(Network network, Bytes inputs, size_t samples, size_t threads)
    : dense_(std::move(network)),
      pruned_(dense_),
      samples_(samples),
      threads_(threads),
      changed_(dense_.operators.size()),
      last_read_(dense_.tensors.size()),
      dense_values_(dense_.tensors.size()),
      pruned_values_(dense_.tensors.size()) {
  CheckForward(dense_);
  for (size_t i = 0; i < dense_.operators.size(); ++i) {
    for (const int tensor : dense_.operators[i].inputs) last_read_[static_cast<size_t>(tensor)] = i;
  }
  const auto input = static_cast<size_t>(dense_.input);
  if (inputs.size != samples * dense_.tensors[input].size) {
    throw Fault("INPUT_SIZE", std::to_string(inputs.size) + " input bytes are not " +
                                  std::to_string(samples) + " samples of " +
                                  std::to_string(dense_.tensors[input].size));
  }
  last_read_[input] = dense_.operators.size();  // a restart reads it again
  const auto* first = reinterpret_cast<const int8_t*>(inputs.data);
  dense_values_[input].assign(first, first + inputs.size);
}

void RefitPass::Restart() {
  next_ = 0;
  pruned_ = dense_;
  changed_.assign(changed_.size(), false);
  for (size_t tensor = 0; tensor < dense_values_.size(); ++tensor) {
    std::vector<int8_t>().swap(pruned_values_[tensor]);
    if (static_cast<int>(tensor) != dense_.input) std::vector<int8_t>().swap(dense_values_[tensor]);
  }
}

void RefitPass::CheckConv(size_t op) const {
  if (op >= dense_.operators.size() || dense_.operators[op].kind != OperatorKind::kConv) {
    throw Fault("REFIT_OPERATOR", "operator " + std::to_string(op) + " is no layer that can be fitted");
  }
}

void RefitPass::SetLayer(size_t op, std::vector<float> filter, std::vector<float> bias) {
  CheckConv(op);
  NetworkOperator& layer = pruned_.operators[op];
  if (filter.size() != layer.filter.size() || bias.size() != layer.bias.size()) {
    throw Fault("REFIT_OPERATOR", "the constants of operator " + std::to_string(op) + " have other sizes");
  }
  layer.filter = std::move(filter);
  layer.bias = std::move(bias);
  changed_[op] = true;
}

std::vector<std::vector<double>> RefitPass::SquaredGradients(const std::vector<int>& observed, size_t draws,
                                                             uint64_t seed) const {
  for (const int op : observed) CheckConv(static_cast<size_t>(op));
  return SquaredOutputGradients(pruned_, observed, dense_values_[static_cast<size_t>(dense_.input)], samples_,
                                draws, seed, threads_);
}

const std::vector<int8_t>& RefitPass::PrunedValues(int tensor) const {
  const auto index = static_cast<size_t>(tensor);
  return pruned_values_[index].empty() ? dense_values_[index] : pruned_values_[index];
}

std::vector<int8_t> RefitPass::Compute(const Network& network, size_t index, const Stored& stored) const {
  const NetworkOperator& op = network.operators[index];
  const NetworkTensor& output = network.tensors[static_cast<size_t>(op.output)];
  std::vector<int8_t> result(samples_ * output.size);
  ForEachPart(kParts, threads_, [&](size_t part) {
    Activations real(network.tensors.size());
    const Range range = PartOf(samples_, part);
    for (size_t first = range.first; first < range.last; first += kBatch) {
      const size_t count = std::min(kBatch, range.last - first);
      for (const int input : op.inputs) {
        const auto tensor = static_cast<size_t>(input);
        const std::vector<int8_t>& values = stored[tensor].empty() ? dense_values_[tensor] : stored[tensor];
        const size_t size = network.tensors[tensor].size;
        real[tensor].resize(count * size);
        Dequantize(network.tensors[tensor], values.data() + first * size, count * size, real[tensor].data());
      }
      Forward(network, op, count, Rounding::kInt8, &real);
      QuantizeToInt8(output, real[static_cast<size_t>(op.output)].data(), count * output.size,
                     result.data() + first * output.size);
    }
  });
  return result;
}

void RefitPass::RunOperator(size_t index) {
  const NetworkOperator& op = dense_.operators[index];
  const auto output = static_cast<size_t>(op.output);
  dense_values_[output] = Compute(dense_, index, dense_values_);
  const bool differs = changed_[index] || std::any_of(op.inputs.begin(), op.inputs.end(), [&](int tensor) {
                         return !pruned_values_[static_cast<size_t>(tensor)].empty();
                       });
  if (differs) pruned_values_[output] = Compute(pruned_, index, pruned_values_);
  for (const int tensor : op.inputs) {
    const auto read = static_cast<size_t>(tensor);
    if (last_read_[read] > index) continue;
    std::vector<int8_t>().swap(dense_values_[read]);
    std::vector<int8_t>().swap(pruned_values_[read]);
  }
}

void RefitPass::RunUpTo(size_t op) {
  for (; next_ < op; ++next_) RunOperator(next_);
}

// The other operand of the addition that the operator's output goes into, or -1: it must have been computed,
// and the output must be read by nothing else.
int RefitPass::OtherOperand(size_t index) const {
  const int output = dense_.operators[index].output;
  int other = -1;
  for (size_t i = index + 1; i < dense_.operators.size(); ++i) {
    const NetworkOperator& reader = dense_.operators[i];
    if (std::find(reader.inputs.begin(), reader.inputs.end(), output) == reader.inputs.end()) continue;
    if (reader.kind != OperatorKind::kAdd || other >= 0) return -1;
    other = reader.inputs[0] == output ? reader.inputs[1] : reader.inputs[0];
  }
  return other >= 0 && !dense_values_[static_cast<size_t>(other)].empty() ? other : -1;
}

RefitMoments RefitPass::Collect(size_t index) {
  CheckConv(index);
  if (index < next_) {
    throw Fault("REFIT_OPERATOR", "the pass is beyond operator " + std::to_string(index) + " already");
  }
  RunUpTo(index);
  const NetworkOperator& op = dense_.operators[index];
  const auto input = static_cast<size_t>(op.inputs.at(0));
  const NetworkTensor& tensor = dense_.tensors[input];
  const std::vector<int8_t>& seen = PrunedValues(op.inputs[0]);
  const int other = OtherOperand(index);
  std::vector<std::unique_ptr<PatchMoments>> parts(kParts);
  ForEachPart(kParts, threads_, [&](size_t part) {
    parts[part] = std::make_unique<PatchMoments>(op.geometry, tensor.zero_point, op.geometry.output_channels);
    std::vector<float> real(tensor.size);
    std::vector<float> wanted;
    const Range range = PartOf(samples_, part);
    for (size_t s = range.first; s < range.last; ++s) {
      Dequantize(tensor, dense_values_[input].data() + s * tensor.size, tensor.size, real.data());
      WeightedSums(op, real.data(), 1, &wanted);
      if (other >= 0) {
        const auto operand = static_cast<size_t>(other);
        const int8_t* dense = dense_values_[operand].data() + s * wanted.size();
        const int8_t* pruned = PrunedValues(other).data() + s * wanted.size();
        const float scale = dense_.tensors[operand].scale;
        for (size_t i = 0; i < wanted.size(); ++i)
          wanted[i] += scale * static_cast<float>(dense[i] - pruned[i]);
      }
      parts[part]->Add(seen.data() + s * tensor.size, wanted.data());
    }
  });
  RefitMoments moments;
  for (auto& part : parts) {
    AddTo(part->Sums(), &moments.sums);
    AddTo(part->Cross(), &moments.cross);
    moments.count += part->Count();
    part.reset();
  }
  return moments;
}

}  // namespace dtmm
