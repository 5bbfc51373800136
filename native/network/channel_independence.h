// How much each channel of a feature map adds to the others: the scores of CHIP.
#pragma once

#include <vector>

#include "network/network.h"
#include "runs.h"

namespace dtmm {

// For each of `tensors`, whose last dimension has `channels` of the same place: per channel, the sum over the
// samples of ||A||* - ||A with the channel's row zeroed||*, where A is the feature map as
// [channels][positions] and ||.||* the nuclear norm (Sui et al., "CHIP: CHannel Independence-based Pruning
// for Compact Neural Networks", NeurIPS 2021, equation 3). Rounded activations of the dense network. Throws
// Fault NETWORK_PLAN for an operator without a forward pass and for samples or channels that do not fit.
std::vector<std::vector<double>> ChannelIndependence(const Network& network, const std::vector<int>& tensors,
                                                     const std::vector<int>& channels, Bytes inputs,
                                                     size_t samples, size_t threads);

}  // namespace dtmm
