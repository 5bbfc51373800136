#include "float_ranges.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "fault.h"
#include "interpreter.h"

namespace dtmm {
namespace {

constexpr size_t kBins = 2048;

class Observer {
 public:
  explicit Observer(const ActivationRequest& request) : request_(request), found_(request.tensors.size()) {
    for (size_t i = 0; i < found_.size(); ++i) {
      found_[i].min = std::numeric_limits<float>::infinity();
      found_[i].max = -std::numeric_limits<float>::infinity();
      found_[i].channel_sums.resize(static_cast<size_t>(request.channels[i]));
      found_[i].channel_largest.resize(static_cast<size_t>(request.channels[i]));
      if (!request.bounds.empty()) found_[i].histogram.resize(kBins);
    }
  }

  void Add(int tensor, const void* data, size_t bytes) {
    const auto at = std::find(request_.tensors.begin(), request_.tensors.end(), tensor);
    if (at != request_.tensors.end())
      AddTo(static_cast<size_t>(at - request_.tensors.begin()), data, bytes / sizeof(float));
  }

  std::vector<ActivationStatistics> Take() { return std::move(found_); }

 private:
  void AddTo(size_t index, const void* data, size_t count) {
    ActivationStatistics& own = found_[index];
    values_.resize(count);
    std::memcpy(values_.data(), data, count * sizeof(float));
    const size_t channels = own.channel_sums.size();
    for (size_t i = 0; i < count; ++i) {
      own.min = std::min(own.min, values_[i]);
      own.max = std::max(own.max, values_[i]);
      const double value = static_cast<double>(values_[i]);
      own.channel_sums[i % channels] += value;
      own.channel_largest[i % channels] = std::max(own.channel_largest[i % channels], std::abs(value));
    }
    if (own.histogram.empty()) return;
    const float low = request_.bounds[2 * index];
    const float width = request_.bounds[2 * index + 1] - low;
    for (const float value : values_) {
      const float bin = width > 0 ? (value - low) / width * static_cast<float>(kBins) : 0.0F;
      own.histogram[static_cast<size_t>(std::clamp(bin, 0.0F, static_cast<float>(kBins - 1)))] += 1;
    }
  }

  const ActivationRequest& request_;
  std::vector<ActivationStatistics> found_;
  std::vector<float> values_;
};

void CheckRequest(const ActivationRequest& request) {
  const size_t count = request.tensors.size();
  const bool positive = std::all_of(request.channels.begin(), request.channels.end(),
                                    [](int channels) { return channels > 0; });
  if (count == 0 || request.channels.size() != count || !positive ||
      !(request.bounds.empty() || request.bounds.size() == 2 * count)) {
    throw Fault("FLOAT_RANGES", "tensors, channels and bounds do not fit together");
  }
}

}  // namespace

std::vector<ActivationStatistics> ObserveActivations(Bytes model, size_t arena_bytes, const Samples& samples,
                                                     const ActivationRequest& request) {
  CheckRequest(request);
  Interpreter interpreter(model.data, model.size, arena_bytes);
  const size_t size = interpreter.Inputs().at(0).bytes;
  if (samples.inputs.size != size * samples.count)
    throw Fault("FLOAT_RANGES", "the samples are not of the input's size");
  Observer observer(request);
  interpreter.Observe(
      [&](int, int tensor, const void* data, size_t bytes) { observer.Add(tensor, data, bytes); });
  for (size_t s = 0; s < samples.count; ++s) {
    const uint8_t* input = samples.inputs.data + s * size;
    observer.Add(request.tensors[0], input, size);
    interpreter.Invoke(input, size, Kernels::kHost);
  }
  return observer.Take();
}

}  // namespace dtmm
