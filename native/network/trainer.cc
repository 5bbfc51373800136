#include "network/trainer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "fault.h"
#include "network/forward.h"
#include "network/parallel.h"

namespace dtmm {
namespace {

// A batch is cut into this many parts, whatever the number of threads: gradients are added in their order.
constexpr size_t kParts = 4;
constexpr size_t kWarmUp = 20;  // steps in which the rate rises

// A double as floats that add up to it to the last bit: rounded, what that leaves rounded, and once more.
// An infinite one is its own first part.
using Parts = std::array<float, 3>;

Parts PartsOf(double value) {
  Parts parts{};
  for (float& part : parts) {
    part = static_cast<float>(value);
    if (!std::isfinite(part)) break;
    value -= part;
  }
  return parts;
}

double Whole(const Parts& parts) { return std::accumulate(parts.begin(), parts.end(), 0.0); }

double Spread(const std::vector<float>& values) {
  double sum = 0;
  size_t count = 0;
  for (const float v : values) {
    if (v == 0) continue;
    sum += static_cast<double>(v) * v;
    ++count;
  }
  return count == 0 ? 0 : std::sqrt(sum / static_cast<double>(count));
}

// The scale of a weight: depthwise filters have their channels last.
float ScaleOf(const TrainedLayer& layer, OperatorKind kind, size_t weight) {
  const size_t channels = layer.scales.size();
  const size_t channel =
      kind == OperatorKind::kDepthwiseConv ? weight % channels : weight / (layer.filter.size() / channels);
  return layer.scales[channel];
}

size_t TopClass(const float* scores, size_t count) {
  return static_cast<size_t>(std::max_element(scores, scores + count) - scores);
}

bool LayerFits(const TrainedLayer& layer, const Network& student) {
  if (layer.op >= student.operators.size()) return false;
  const NetworkOperator& op = student.operators[layer.op];
  return layer.filter.size() == op.filter.size() && layer.bias.size() == op.bias.size() &&
         layer.mask.size() == layer.filter.size() &&
         layer.scales.size() == static_cast<size_t>(op.geometry.output_channels);
}

void CheckPlan(const TrainingPlan& plan) {
  CheckForward(plan.teacher);
  CheckForward(plan.student);
  const auto size_of = [](const Network& network, int tensor) {
    return network.tensors.at(static_cast<size_t>(tensor)).size;
  };
  const size_t size = size_of(plan.teacher, plan.teacher.input);
  const bool fits =
      plan.student.operators.size() == plan.teacher.operators.size() &&
      plan.student.input == plan.teacher.input && size_of(plan.student, plan.student.input) == size &&
      size_of(plan.student, plan.teacher.output) == size_of(plan.teacher, plan.teacher.output) &&
      plan.inputs.size == plan.samples * size && plan.held_out < plan.samples && !plan.layers.empty() &&
      plan.augmentation.Size() == size && (plan.labels.empty() || plan.labels.size() == plan.samples) &&
      std::all_of(plan.layers.begin(), plan.layers.end(),
                  [&](const TrainedLayer& layer) { return LayerFits(layer, plan.student); });
  if (!fits) throw Fault("NETWORK_PLAN", "networks, samples, labels and layers do not fit together");
}

}  // namespace

Trainer::Trainer(TrainingPlan plan)
    : plan_(std::move(plan)), best_loss_(std::numeric_limits<double>::infinity()) {
  CheckPlan(plan_);
  point_ = FindLossPoint(plan_.teacher);
  sample_size_ = plan_.teacher.tensors[static_cast<size_t>(plan_.teacher.input)].size;
  const auto* first = reinterpret_cast<const int8_t*>(plan_.inputs.data);
  inputs_.assign(first, first + plan_.inputs.size);
  plan_.inputs = {};
  first_trained_ = plan_.layers.front().op;
  for (TrainedLayer& layer : plan_.layers) {
    first_trained_ = std::min(first_trained_, layer.op);
    for (size_t i = 0; i < layer.filter.size(); ++i) layer.filter[i] *= layer.mask[i];
    optimisers_.push_back({Adam(layer.filter.size()), Adam(layer.bias.size()),
                           plan_.rate * Spread(layer.filter), plan_.rate * Spread(layer.bias)});
  }
  loss_.kind = plan_.teacher.loss;
  loss_.outputs = plan_.teacher.tensors[static_cast<size_t>(point_.tensor)].size;
  loss_.beta = point_.beta;
  loss_.temperature = plan_.temperature;
  loss_.label_share = plan_.label_share;
  const size_t tensors = plan_.teacher.tensors.size();
  for (size_t p = 0; p < kParts; ++p) {
    Part part{Activations(tensors), Activations(tensors), Tape(&plan_.student), {}, 0, 0};
    for (const TrainedLayer& layer : plan_.layers)
      part.gradients.push_back({Values(layer.filter.size()), Values(layer.bias.size())});
    parts_.push_back(std::move(part));
  }
  Quantise();
  if (loss_.kind == LossKind::kValues) loss_.scale = MeanSquaredOutput();
  if (plan_.hint_share > 0) OpenHints();
}

// The outputs of all trained layers that are as wide in both networks, but for the one that the loss sees.
void Trainer::OpenHints() {
  const NetworkTensor& tensor = plan_.teacher.tensors[static_cast<size_t>(plan_.teacher.input)];
  const size_t count = std::min(plan_.batch, plan_.samples);
  std::vector<float> real(count * sample_size_);
  Dequantize(tensor, inputs_.data(), real.size(), real.data());
  Load(real.data(), count, &parts_[0]);
  RunBoth(count, &parts_[0]);
  for (const TrainedLayer& layer : plan_.layers) {
    const int output = plan_.teacher.operators[layer.op].output;
    const Values& values = parts_[0].teacher[static_cast<size_t>(output)];
    if (output == point_.tensor || parts_[0].student[static_cast<size_t>(output)].size() != values.size())
      continue;
    double sum = 0;
    double square = 0;
    for (const float v : values) {
      sum += v;
      square += static_cast<double>(v) * v;
    }
    const auto n = static_cast<double>(values.size());
    const double variance = square / n - sum / n * (sum / n);
    if (variance > 0) hints_.push_back({output, variance});
  }
}

void Trainer::AddHints(size_t count, double weight, Part* part) {
  for (const Hint& hint : hints_) {
    const Values& student = part->student[static_cast<size_t>(hint.tensor)];
    const Values& teacher = part->teacher[static_cast<size_t>(hint.tensor)];
    Values& gradient = part->tape.GradientOf(hint.tensor);
    const auto size = static_cast<double>(student.size() / count);
    const auto factor =
        static_cast<float>(2 * weight * plan_.hint_share / (hint.scale * size * hints_.size()));
    for (size_t i = 0; i < student.size(); ++i) gradient[i] += factor * (student[i] - teacher[i]);
  }
}

// Of the teacher over the first samples; 1 where they are all zero.
double Trainer::MeanSquaredOutput() {
  const NetworkTensor& tensor = plan_.teacher.tensors[static_cast<size_t>(plan_.teacher.input)];
  const size_t count = std::min(plan_.batch, plan_.samples);
  std::vector<float> real(count * sample_size_);
  Dequantize(tensor, inputs_.data(), real.size(), real.data());
  Load(real.data(), count, &parts_[0]);
  RunBoth(count, &parts_[0]);
  const Values& outputs = parts_[0].teacher[static_cast<size_t>(point_.tensor)];
  double sum = 0;
  for (const float v : outputs) sum += static_cast<double>(v) * v;
  return sum > 0 ? sum / static_cast<double>(outputs.size()) : 1;
}

// Puts the rounded constants into the student.
void Trainer::Quantise() {
  for (const TrainedLayer& layer : plan_.layers) {
    NetworkOperator& op = plan_.student.operators[layer.op];
    for (size_t i = 0; i < layer.filter.size(); ++i) {
      const float scale = ScaleOf(layer, op.kind, i);
      op.filter[i] = std::rint(layer.filter[i] / scale) * scale;
    }
    op.bias = layer.bias;
  }
}

void Trainer::Load(const float* samples, size_t count, Part* part) const {
  const auto input = static_cast<size_t>(plan_.teacher.input);
  part->teacher[input].assign(samples, samples + count * sample_size_);
  part->student[input] = part->teacher[input];
}

void Trainer::RunBoth(size_t count, Part* part) const {
  for (size_t i = 0; i < point_.operator_count; ++i) {
    Forward(plan_.teacher, plan_.teacher.operators[i], count, Rounding::kNone, &part->teacher);
    Forward(plan_.student, plan_.student.operators[i], count, Rounding::kInt8, &part->student);
  }
}

// Loss of the part's samples and, where `weight` is not 0, the gradients by the trained constants.
void Trainer::AddGradients(size_t count, const int* labels, double weight, Part* part) {
  const auto tensor = static_cast<size_t>(point_.tensor);
  const float* student = part->student[tensor].data();
  const float* teacher = part->teacher[tensor].data();
  part->tape.Reset(count);
  Values& gradient = part->tape.GradientOf(point_.tensor);
  for (size_t s = 0; s < count; ++s) {
    const size_t at = s * loss_.outputs;
    const int label = labels == nullptr ? -1 : labels[s];
    part->loss += loss_.Add(student + at, teacher + at, label, weight, gradient.data() + at);
    const bool values = loss_.kind == LossKind::kValues;
    part->agreed += values || TopClass(student + at, loss_.outputs) == TopClass(teacher + at, loss_.outputs);
  }
  if (weight == 0) return;
  AddHints(count, weight, part);
  part->tape.Walk(part->student, first_trained_, point_.operator_count, [&](size_t op, const Values& from) {
    for (size_t l = 0; l < plan_.layers.size(); ++l) {
      if (plan_.layers[l].op != op) continue;
      const NetworkOperator& layer = plan_.student.operators[op];
      const Values& input = part->student[static_cast<size_t>(layer.inputs[0])];
      if (layer.kind == OperatorKind::kDepthwiseConv) {
        DepthwiseConvWeightGradient(layer, count, input, from, &part->gradients[l]);
      } else {
        ConvWeightGradient(layer, count, input, from, &part->gradients[l]);
      }
    }
  });
}

// The samples of the step's batch, augmented and on the input's int8 grid, and their labels.
std::vector<float> Trainer::Batch(std::vector<int>* labels) const {
  const NetworkTensor& tensor = plan_.teacher.tensors[static_cast<size_t>(plan_.teacher.input)];
  const size_t trained = plan_.samples - plan_.held_out;
  RandomStream random(plan_.seed * 0x100000001b3u + step_);
  const auto draw = [&] { return static_cast<size_t>(random.Uniform() * static_cast<double>(trained)); };
  std::vector<float> batch(plan_.batch * sample_size_);
  std::vector<float> sample(sample_size_);
  std::vector<float> other(sample_size_);
  for (size_t s = 0; s < plan_.batch; ++s) {
    const size_t index = draw();
    Dequantize(tensor, inputs_.data() + index * sample_size_, sample_size_, sample.data());
    Dequantize(tensor, inputs_.data() + draw() * sample_size_, sample_size_, other.data());
    float* out = batch.data() + s * sample_size_;
    Augment(plan_.augmentation, sample.data(), other.data(), &random, out);
    for (size_t i = 0; i < sample_size_; ++i) out[i] = std::rint(out[i] / tensor.scale) * tensor.scale;
    if (!plan_.labels.empty()) labels->push_back(plan_.labels[index]);
  }
  return batch;
}

double Trainer::Step() {
  std::vector<int> labels;
  const std::vector<float> batch = Batch(&labels);
  ForEachPart(kParts, plan_.threads, [&](size_t p) {
    Part& part = parts_[p];
    const size_t first = plan_.batch * p / kParts;
    const size_t count = plan_.batch * (p + 1) / kParts - first;
    for (WeightGradient& gradient : part.gradients) {
      std::fill(gradient.filter.begin(), gradient.filter.end(), 0.0f);
      std::fill(gradient.bias.begin(), gradient.bias.end(), 0.0f);
    }
    part.loss = 0;
    Load(batch.data() + first * sample_size_, count, &part);
    RunBoth(count, &part);
    AddGradients(count, labels.empty() ? nullptr : labels.data() + first,
                 1.0 / static_cast<double>(plan_.batch), &part);
  });
  ++step_;
  Apply();
  Quantise();
  double loss = 0;
  for (const Part& part : parts_) loss += part.loss;
  return loss / static_cast<double>(plan_.batch);
}

// One Adam step with the gradients of all parts; what is masked stays zero.
void Trainer::Apply() {
  const double progress = static_cast<double>(step_ - 1) / static_cast<double>(plan_.steps);
  const double warm = std::min(1.0, static_cast<double>(step_) / kWarmUp);
  const double rate = warm * 0.5 * (1 + std::cos(3.141592653589793 * std::min(1.0, progress)));
  for (size_t l = 0; l < plan_.layers.size(); ++l) {
    TrainedLayer& layer = plan_.layers[l];
    WeightGradient& sum = parts_[0].gradients[l];
    for (size_t p = 1; p < kParts; ++p) {
      CopyBackward(parts_[p].gradients[l].filter, &sum.filter);
      CopyBackward(parts_[p].gradients[l].bias, &sum.bias);
    }
    for (size_t i = 0; i < sum.filter.size(); ++i) sum.filter[i] *= layer.mask[i];
    optimisers_[l].filter.Update(sum.filter, rate * optimisers_[l].filter_rate, step_, &layer.filter);
    optimisers_[l].bias.Update(sum.bias, rate * optimisers_[l].bias_rate, step_, &layer.bias);
    const OperatorKind kind = plan_.student.operators[layer.op].kind;
    for (size_t i = 0; i < layer.filter.size(); ++i) {
      const float bound = 127 * ScaleOf(layer, kind, i);
      layer.filter[i] = std::clamp(layer.filter[i], -bound, bound) * layer.mask[i];
    }
  }
}

HeldOut Trainer::Judge() {
  const NetworkTensor& tensor = plan_.teacher.tensors[static_cast<size_t>(plan_.teacher.input)];
  const size_t first = plan_.samples - plan_.held_out;
  ForEachPart(kParts, plan_.threads, [&](size_t p) {
    Part& part = parts_[p];
    part.loss = 0;
    part.agreed = 0;
    const size_t end = first + plan_.held_out * (p + 1) / kParts;
    std::vector<float> real(16 * sample_size_);
    for (size_t s = first + plan_.held_out * p / kParts; s < end; s += 16) {
      const size_t count = std::min<size_t>(16, end - s);
      Dequantize(tensor, inputs_.data() + s * sample_size_, count * sample_size_, real.data());
      Load(real.data(), count, &part);
      RunBoth(count, &part);
      AddGradients(count, plan_.labels.empty() ? nullptr : plan_.labels.data() + s, 0, &part);
    }
  });
  HeldOut result;
  for (const Part& part : parts_) {
    result.loss += part.loss;
    result.agreement += static_cast<double>(part.agreed);
  }
  const auto count = static_cast<double>(std::max<size_t>(1, plan_.held_out));
  result.loss /= count;
  result.agreement /= count;
  if (plan_.held_out == 0 || result.loss < best_loss_) {
    best_loss_ = result.loss;
    best_ = plan_.layers;
    for (TrainedLayer& layer : best_) layer.filter = plan_.student.operators[layer.op].filter;
  }
  return result;
}

// Visits every array that training goes on from, always in the same order.
template <typename Visit>
void Trainer::ForEachState(const Visit& visit) {
  for (size_t l = 0; l < plan_.layers.size(); ++l) {
    for (Values* values : {&plan_.layers[l].filter, &plan_.layers[l].bias, &optimisers_[l].filter.mean,
                           &optimisers_[l].filter.square, &optimisers_[l].bias.mean,
                           &optimisers_[l].bias.square, &best_[l].filter, &best_[l].bias}) {
      visit(values);
    }
  }
}

std::vector<float> Trainer::Save() {
  if (best_.empty()) best_ = plan_.layers;
  std::vector<float> state = {static_cast<float>(step_)};
  const Parts loss = PartsOf(best_loss_);
  state.insert(state.end(), loss.begin(), loss.end());
  ForEachState([&](Values* values) { state.insert(state.end(), values->begin(), values->end()); });
  return state;
}

void Trainer::Restore(const std::vector<float>& state) {
  best_ = plan_.layers;
  Parts loss{};
  size_t size = 1 + loss.size();
  ForEachState([&](Values* values) { size += values->size(); });
  if (state.size() != size) throw Fault("TRAINING_STATE", "the saved training is that of another network");
  auto next = state.begin();
  step_ = static_cast<size_t>(*next++);
  const auto take = [&](auto* values) {
    const auto end = next + static_cast<std::ptrdiff_t>(values->size());
    std::copy(next, end, values->begin());
    next = end;
  };
  take(&loss);
  best_loss_ = Whole(loss);
  ForEachState(take);
  Quantise();
}

}  // namespace dtmm
