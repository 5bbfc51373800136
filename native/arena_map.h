// Where TFLM's planner has put the activations of a model.
#pragma once

#include <vector>

#include "runs.h"

namespace dtmm {

// One tensor that an operator writes, or the model's input.
struct PlacedTensor {
  int tensor = 0;  // index in the main subgraph; -1 for the model's only input
  size_t offset = 0;
  size_t bytes = 0;
};

struct ArenaMap {
  size_t arena_bytes = 0;  // in use
  std::vector<PlacedTensor> tensors;
};

// Runs the model once on zeros and looks where its tensors lie. Throws Fault as Interpreter does.
ArenaMap MapArena(Bytes model, size_t arena_bytes);

}  // namespace dtmm
