#include "runs.h"

#include <algorithm>
#include <string>

#include "fault.h"
#include "interpreter.h"

namespace dtmm {
namespace {

size_t SampleBytes(const Interpreter& interpreter, const Samples& samples) {
  const size_t expected = interpreter.Inputs().at(0).bytes;
  if (samples.inputs.size != expected * samples.count) {
    throw Fault("INPUT_SIZE", std::to_string(samples.inputs.size) + " input bytes are not " +
                                  std::to_string(samples.count) + " samples of " + std::to_string(expected));
  }
  return expected;
}

Kernels KernelsFor(size_t sample, const Samples& samples) {
  return sample < samples.tree_samples ? Kernels::kTree : Kernels::kHost;
}

void Append(const Interpreter& interpreter, std::vector<uint8_t>* to) {
  size_t bytes = 0;
  const uint8_t* output = interpreter.Output(&bytes);
  to->insert(to->end(), output, output + bytes);
}

std::vector<int> AllStrays(std::initializer_list<const Interpreter*> interpreters) {
  std::vector<int> all;
  for (const Interpreter* interpreter : interpreters) {
    all.insert(all.end(), interpreter->Strays().begin(), interpreter->Strays().end());
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

using OperatorOutputs = std::vector<std::vector<uint8_t>>;  // by operator, all outputs laid end to end

OperatorObserver RecordInto(OperatorOutputs* outputs) {
  return [outputs](int op, int, const void* data, size_t bytes) {
    const auto index = static_cast<size_t>(op);
    if (outputs->size() <= index) outputs->resize(index + 1);
    const auto* first = static_cast<const uint8_t*>(data);
    (*outputs)[index].insert((*outputs)[index].end(), first, first + bytes);
  };
}

double CountDiffering(const std::vector<uint8_t>& a, const std::vector<uint8_t>& b) {
  double count = 0;
  for (size_t i = 0; i < a.size(); ++i) count += a[i] != b[i] ? 1 : 0;
  return count;
}

}  // namespace

RunOutcome RunModel(Bytes model, size_t arena_bytes, const Samples& samples) {
  Interpreter interpreter(model.data, model.size, arena_bytes);
  const size_t sample_bytes = SampleBytes(interpreter, samples);
  RunOutcome outcome;
  for (size_t s = 0; s < samples.count; ++s) {
    interpreter.Invoke(samples.inputs.data + s * sample_bytes, sample_bytes, KernelsFor(s, samples));
    Append(interpreter, &outcome.outputs);
  }
  outcome.arena_bytes = interpreter.ArenaUsedBytes();
  outcome.host_operators = interpreter.HostOperators();
  outcome.strays = AllStrays({&interpreter});
  return outcome;
}

CompareOutcome CompareModels(Bytes reference, Bytes candidate, size_t arena_bytes, const Samples& samples) {
  Interpreter first(reference.data, reference.size, arena_bytes);
  Interpreter second(candidate.data, candidate.size, arena_bytes);
  const size_t sample_bytes = SampleBytes(first, samples);
  OperatorOutputs first_outputs;
  OperatorOutputs second_outputs;
  first.Observe(RecordInto(&first_outputs));
  second.Observe(RecordInto(&second_outputs));

  CompareOutcome outcome;
  for (size_t s = 0; s < samples.count; ++s) {
    const uint8_t* input = samples.inputs.data + s * sample_bytes;
    const Kernels kernels = KernelsFor(s, samples);
    for (auto& output : first_outputs) output.clear();
    for (auto& output : second_outputs) output.clear();
    first.Invoke(input, sample_bytes, kernels);
    second.Invoke(input, sample_bytes, kernels);
    if (first_outputs.size() != second_outputs.size()) {
      throw Fault("MODELS_DIFFER", "one model ran " + std::to_string(first_outputs.size()) +
                                       " operators, the other " + std::to_string(second_outputs.size()));
    }
    outcome.differing_bytes.resize(first_outputs.size(), 0.0);
    for (size_t op = 0; op < first_outputs.size(); ++op) {
      if (first_outputs[op].size() != second_outputs[op].size()) {
        throw Fault("MODELS_DIFFER", "operator " + std::to_string(op) + " has outputs of different sizes");
      }
      outcome.differing_bytes[op] += CountDiffering(first_outputs[op], second_outputs[op]);
    }
    Append(second, &outcome.outputs);
  }
  outcome.reference_arena_bytes = first.ArenaUsedBytes();
  outcome.candidate_arena_bytes = second.ArenaUsedBytes();
  outcome.strays = AllStrays({&first, &second});
  return outcome;
}

}  // namespace dtmm
