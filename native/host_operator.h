// From an operator of a loaded model to its host kernel.
#pragma once

#include <memory>

#include "host_kernels/host_kernel.h"
#include "interpreter_bridge.h"

namespace dtmm {

// The host kernel of `node`, an operator of the model's only subgraph, or nothing where the tree's own kernel
// has to do: anything that is not an int8 CONV_2D, DEPTHWISE_CONV_2D or FULLY_CONNECTED with constant
// weights. `code` is the builtin operator. For Invoke: before, shapes are not final.
std::unique_ptr<HostKernel> MakeHostKernel(const tflite::Model* model, int code, TfLiteContext* context,
                                           const TfLiteNode* node);

// How the tree's kernels round, found by asking its own function.
Rounding TreeRounding();

}  // namespace dtmm
