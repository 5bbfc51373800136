// Squared gradients of the outputs by the outputs of conv layers: what an error in a channel costs.
#pragma once

#include <cstdint>
#include <vector>

#include "network/network.h"
#include "network/tape.h"

namespace dtmm {

// Runs the backward pass of single samples.
class Fisher {
 public:
  // `observed` are the operators whose output gradient is wanted, ascending. The network must outlive this.
  Fisher(const Network* network, std::vector<int> observed);

  // Squared gradient at the output of each observed operator before its fused activation, summed over
  // positions, per output channel, one vector per observed operator.
  //
  // The gradient is that of the network's outputs along a random direction drawn with `seed`. Where the
  // outputs are classes, the mean square over directions is the Fisher information of the softened softmax:
  // twice the divergence of classes that an error makes, in the unit of the distillation loss
  // (`network/distil_loss.h`). Elsewhere it is the Gauss-Newton matrix of the squared error (Martens, "New
  // insights and perspectives on the natural gradient method", 2014). Neither needs labels.
  std::vector<std::vector<double>> SquaredGradients(const Activations& activations, uint64_t seed);

 private:
  void SeedLoss(const Values& outputs, uint64_t seed);

  const Network* network_;
  std::vector<int> observed_;
  LossPoint loss_;
  Tape tape_;
};

}  // namespace dtmm
