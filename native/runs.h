// Running models over samples: outputs, and two models held against each other operator by operator.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dtmm {

struct Bytes {
  const uint8_t* data = nullptr;
  size_t size = 0;
};

// Samples laid end to end. The first `tree_samples` run on the tree's own kernels, and the host kernels are
// held against these; the others run on the host kernels that passed. With 0, no host kernel runs at all.
struct Samples {
  Bytes inputs;
  size_t count = 0;
  size_t tree_samples = 0;
};

struct RunOutcome {
  std::vector<uint8_t> outputs;  // output 0, sample after sample
  size_t arena_bytes = 0;
  std::vector<int> host_operators;  // operators that ran on host kernels, ascending
  std::vector<int> strays;          // operators whose host kernel gave other bytes than the tree's, ascending
};

// Runs the samples through the model.
RunOutcome RunModel(Bytes model, size_t arena_bytes, const Samples& samples);

struct CompareOutcome {
  std::vector<uint8_t> outputs;         // output 0 of the candidate
  std::vector<double> differing_bytes;  // per operator, over all samples
  size_t reference_arena_bytes = 0;
  size_t candidate_arena_bytes = 0;
  std::vector<int> strays;  // of either model
};

// Runs both models over the samples and counts the bytes in which the outputs of operators with the same
// index differ. Throws Fault MODELS_DIFFER when the two do not have the same operators with outputs of the
// same size.
CompareOutcome CompareModels(Bytes reference, Bytes candidate, size_t arena_bytes, const Samples& samples);

}  // namespace dtmm
