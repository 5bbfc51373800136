// Fine-tuning of a pruned network: masked, quantised to int8 with straight-through gradients, taught by the
// dense network on unlabelled samples and by labels where there are any.
#pragma once

#include <cstdint>
#include <vector>

#include "network/adam.h"
#include "network/augment.h"
#include "network/distil_loss.h"
#include "network/network.h"
#include "network/tape.h"
#include "runs.h"

namespace dtmm {

// A layer whose constants are trained. Filters are laid out as in NetworkOperator.
struct TrainedLayer {
  size_t op = 0;
  std::vector<float> filter;
  std::vector<float> bias;
  std::vector<float> scales;  // int8 grid of the filter, one per output channel
  std::vector<uint8_t> mask;  // one per weight, 1 = may differ from zero
};

struct TrainingPlan {
  Network teacher;
  // The same operators on the same inputs; inner tensors may have fewer channels. The constants of `layers`
  // take the place of its own.
  Network student;
  std::vector<TrainedLayer> layers;
  Bytes inputs;  // int8 inputs laid end to end
  size_t samples = 0;
  std::vector<int> labels;  // one per sample, or empty
  size_t held_out = 0;      // samples at the end that are not trained on
  size_t steps = 0;         // of the whole training: the rate falls to 0 along a cosine
  size_t batch = 64;
  double rate = 0;  // of the weights, in units of a layer's spread
  double temperature = 2;
  double label_share = 0;
  double hint_share = 0;  // of the squared errors at the outputs of the trained layers, beside the loss
  Augmentation augmentation;
  uint64_t seed = 0;
  size_t threads = 1;
};

// Quality on the held-out samples.
struct HeldOut {
  double loss = 0;       // per sample
  double agreement = 0;  // share with the teacher's top class; 1 where outputs are values
};

class Trainer {
 public:
  // Throws Fault NETWORK_PLAN where the network has an operator without a forward pass or the plan does not
  // fit.
  explicit Trainer(TrainingPlan plan);

  // Trains on one batch; the batches of a step follow from seed and step alone. Returns its mean loss.
  double Step();
  size_t StepsDone() const { return step_; }

  // Judges the network as it is, and keeps its constants where they are the best so far.
  HeldOut Judge();
  // Loss of the best network, infinite before the first Judge.
  double BestLoss() const { return best_loss_; }
  // The best constants so far, filters as multiples of their scales.
  const std::vector<TrainedLayer>& Best() const { return best_; }

  // Everything that training goes on from, and back again. Throws Fault TRAINING_STATE for another plan's.
  std::vector<float> Save();
  void Restore(const std::vector<float>& state);

 private:
  struct Optimiser {
    Adam filter;
    Adam bias;
    double filter_rate = 0;
    double bias_rate = 0;
  };
  // What one part of a batch needs.
  struct Part {
    Activations teacher;
    Activations student;
    Tape tape;
    std::vector<WeightGradient> gradients;  // by trained layer
    double loss = 0;
    size_t agreed = 0;
  };

  void Quantise();
  double MeanSquaredOutput();
  void OpenHints();
  void AddHints(size_t count, double weight, Part* part);
  void Load(const float* samples, size_t count, Part* part) const;
  void RunBoth(size_t count, Part* part) const;
  void AddGradients(size_t count, const int* labels, double weight, Part* part);
  void Apply();
  std::vector<float> Batch(std::vector<int>* labels) const;
  template <typename Visit>
  void ForEachState(const Visit& visit);

  TrainingPlan plan_;
  // An inner tensor that the student is to have like the teacher.
  struct Hint {
    int tensor = 0;
    double scale = 1;  // variance of the teacher's values
  };

  LossPoint point_;
  DistilLoss loss_;
  std::vector<Hint> hints_;
  size_t first_trained_;
  std::vector<int8_t> inputs_;
  size_t sample_size_;
  std::vector<Optimiser> optimisers_;
  std::vector<Part> parts_;
  size_t step_ = 0;
  double best_loss_;
  std::vector<TrainedLayer> best_;
};

}  // namespace dtmm
