// The dense and the pruned network side by side over a set of samples, one operator at a time, so that each
// layer of the pruned one can be fitted to the inputs that it will really see.
#pragma once

#include <cstdint>
#include <vector>

#include "network/network.h"
#include "runs.h"

namespace dtmm {

// What the least-squares problem of one layer is made of. x is the patch that the pruned network reads, with
// a constant 1 appended, t the layer's wanted output before activation.
struct RefitMoments {
  std::vector<double> sums;   // x x^T, in units of the input's scale squared
  std::vector<double> cross;  // [outputs][order] t x, t real, x in units of the input's scale
  double count = 0;
};

class RefitPass {
 public:
  // Copies the samples, int8 inputs laid end to end. Throws Fault NETWORK_PLAN for an operator of unknown
  // kind.
  RefitPass(Network network, Bytes inputs, size_t samples, size_t threads);

  // Begins again at the model's input with the dense network: what follows does not depend on what was
  // before.
  void Restart();

  // Runs both networks up to operator `op`, a conv behind those of earlier calls, and returns its moments.
  // The wanted output is the dense layer's; where the output goes into an addition whose other operand is
  // there already, it makes up for that operand's error as well. Throws Fault REFIT_OPERATOR for anything but
  // such a conv.
  RefitMoments Collect(size_t op);

  // New constants of a conv of the pruned network, of the old ones' sizes; rounding to int8 is the caller's.
  void SetLayer(size_t op, std::vector<float> filter, std::vector<float> bias);

  // What errors cost in the pruned network as it is: SquaredOutputGradients over all samples.
  std::vector<std::vector<double>> SquaredGradients(const std::vector<int>& observed, size_t draws,
                                                    uint64_t seed) const;

 private:
  // int8 values of all samples by tensor.
  using Stored = std::vector<std::vector<int8_t>>;

  void CheckConv(size_t op) const;
  void RunUpTo(size_t op);
  void RunOperator(size_t op);
  std::vector<int8_t> Compute(const Network& network, size_t op, const Stored& stored) const;
  const std::vector<int8_t>& PrunedValues(int tensor) const;
  int OtherOperand(size_t op) const;

  Network dense_;
  Network pruned_;
  size_t samples_;
  size_t threads_;
  size_t next_ = 0;                // first operator that has not run
  std::vector<bool> changed_;      // by operator: the pruned constants differ from the dense ones
  std::vector<size_t> last_read_;  // by tensor: the last operator that reads it
  Stored dense_values_;
  Stored pruned_values_;  // only of tensors that differ from the dense network's
};

}  // namespace dtmm
