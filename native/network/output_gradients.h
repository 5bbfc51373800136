// What errors at the outputs of layers cost in a network that runs on its own, without an interpreter.
#pragma once

#include <cstdint>
#include <vector>

#include "network/network.h"

namespace dtmm {

// Seed of one draw for one sample: the same wherever the samples are run.
uint64_t DrawSeed(uint64_t seed, uint64_t sample, uint64_t draw);

// Squared gradients as of Fisher, one vector per observed operator, summed over samples and draws.
//
// `inputs` are int8 values, samples laid end to end; every operator must have a forward pass.
std::vector<std::vector<double>> SquaredOutputGradients(const Network& network,
                                                        const std::vector<int>& observed,
                                                        const std::vector<int8_t>& inputs, size_t samples,
                                                        size_t draws, uint64_t seed, size_t threads);

}  // namespace dtmm
