// The real TFLM interpreter on the host, one model at a time, with an observer behind every operator.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace dtmm {

// A tensor at the model's edge.
struct EdgeTensor {
  std::string type;  // TFLM's name, "INT8"
  std::vector<int> shape;
  size_t bytes = 0;
  float scale = 0;
  int zero_point = 0;
};

// Called after each operator, once per output: operator index, tensor index, data and bytes.
using OperatorObserver = std::function<void(int op, int tensor, const void* data, size_t bytes)>;

// Which kernels compute int8 convolutions and fully connected layers. Everything else always runs on the
// tree's own kernels, DTMM's operators on those of the board.
enum class Kernels {
  kTree,  // the tree's own; behind them the host kernels run and have to give the same bytes
  kHost,  // the host kernels that did so in every earlier kTree of this interpreter, else the tree's own
};

class Interpreter {
 public:
  // Copies the model, allocates its tensors in an arena of `arena_bytes`. Throws Fault TFLM_REJECTED with
  // TFLM's own words when the tree does not accept the model. The model must have passed the checked reader:
  // TFLM itself trusts the bytes.
  Interpreter(const uint8_t* model, size_t model_bytes, size_t arena_bytes);
  ~Interpreter();
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  size_t ArenaUsedBytes() const;
  std::vector<EdgeTensor> Inputs() const;
  std::vector<EdgeTensor> Outputs() const;

  void Observe(OperatorObserver observer);

  // Runs one sample through the model's only input. Throws Fault TFLM_FAILED when an operator reports an
  // error.
  void Invoke(const uint8_t* input, size_t bytes, Kernels kernels);

  // Where input 0 lies.
  const void* InputData() const;
  // Whether an address is in the arena, and how far from its start.
  bool FindInArena(const void* data, size_t* offset) const;

  // Output 0 of the last Invoke.
  const uint8_t* Output(size_t* bytes) const;

  // Operators that kHost runs on host kernels.
  std::vector<int> HostOperators() const;
  // Operators whose host kernel gave other bytes than the tree's own; it no longer runs.
  const std::vector<int>& Strays() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// "TfLiteRegistration" or "TFLMRegistration", whichever this tree uses.
const char* RegistrationName();
// Operators in the tree's all-ops resolver, DTMM's own not counted.
int TreeOperators();

}  // namespace dtmm
