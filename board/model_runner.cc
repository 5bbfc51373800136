// Runs a whole model in the TFLM interpreter on an emulated board and counts instructions, operator by
// operator.
//
// Request, int32 little endian then bytes: model bytes, arena bytes, samples, bytes of a sample; the model,
// the samples. Answer: int32 operators, arena bytes in use and bytes of output 0; uint64 instructions of each
// operator over all samples, then those of the whole of Invoke; the outputs, sample after sample.
//
// An operator is counted from the end of the one before it, so that what the interpreter does in between
// belongs to it.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "fault.h"
#include "instruction_counter.h"
#include "interpreter.h"

namespace {

[[noreturn]] void Die(const char* what) {
  std::fprintf(stderr, "model runner: %s\n", what);
  std::exit(1);
}

void ReadBytes(void* memory, size_t bytes) {
  if (std::fread(memory, 1, bytes, stdin) != bytes) Die("the request is cut off");
}

template <typename T>
void Write(const T* values, size_t count) {
  if (std::fwrite(values, sizeof(T), count, stdout) != count) Die("cannot write the answer");
}

struct Request {
  int32_t model_bytes;
  int32_t arena_bytes;
  int32_t samples;
  int32_t sample_bytes;
};

// Instructions of every operator, summed over the samples.
class Profile {
 public:
  void Begin() { last_ = board_ticks(); }

  // Called behind an operator, once per output.
  void End(int op) {
    const uint32_t now = board_ticks();
    const size_t index = static_cast<size_t>(op);
    if (index >= counts_.size()) counts_.resize(index + 1);
    counts_[index] += board_instructions(last_, now);
    last_ = board_ticks();
  }

  const std::vector<uint64_t>& counts() const { return counts_; }

 private:
  uint32_t last_ = 0;
  std::vector<uint64_t> counts_;
};

void Run() {
  Request request;
  ReadBytes(&request, sizeof(request));
  std::vector<uint8_t> model(static_cast<size_t>(request.model_bytes));
  ReadBytes(model.data(), model.size());
  dtmm::Interpreter interpreter(model.data(), model.size(), static_cast<size_t>(request.arena_bytes));

  Profile profile;
  interpreter.Observe([&profile](int op, int, const void*, size_t) { profile.End(op); });
  std::vector<uint8_t> input(static_cast<size_t>(request.sample_bytes));
  std::vector<uint8_t> outputs;
  size_t output_bytes = 0;
  for (int32_t sample = 0; sample < request.samples; ++sample) {
    ReadBytes(input.data(), input.size());
    profile.Begin();
    interpreter.Invoke(input.data(), input.size(), dtmm::Kernels::kTree);
    const uint8_t* output = interpreter.Output(&output_bytes);
    outputs.insert(outputs.end(), output, output + output_bytes);
  }

  const int32_t head[] = {static_cast<int32_t>(profile.counts().size()),
                          static_cast<int32_t>(interpreter.ArenaUsedBytes()),
                          static_cast<int32_t>(output_bytes)};
  Write(head, 3);
  Write(profile.counts().data(), profile.counts().size());
  Write(outputs.data(), outputs.size());
}

}  // namespace

int main() {
  try {
    Run();
  } catch (const dtmm::Fault& fault) {
    std::fprintf(stderr, "%s: %s\n", fault.code(), fault.what());
    return 1;
  }
  return 0;
}
