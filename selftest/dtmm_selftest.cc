// C++11, no heap; one source for the APIs of TFLM since July 2020, as in dtmm_tflm_bridge.h.
#include "dtmm_selftest.h"

#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

#include "dtmm_selftest_data.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/schema/schema_generated.h"
#if __has_include("tensorflow/lite/micro/micro_error_reporter.h")
#include "tensorflow/lite/micro/micro_error_reporter.h"
#define DTMM_HAS_ERROR_REPORTER
#elif __has_include("tensorflow/lite/micro/tflite_bridge/micro_error_reporter.h")
#include "tensorflow/lite/micro/tflite_bridge/micro_error_reporter.h"
#define DTMM_HAS_ERROR_REPORTER
#endif

namespace dtmm {
namespace {

namespace tree = bridge::tree;
using bridge::Registration;
using Resolver = tree::MicroOpResolver;
using InvokeFunction = TfLiteStatus (*)(TfLiteContext*, TfLiteNode*);

struct Setup {
  const void* model;
  const Resolver* resolver;
  uint8_t* arena;
  size_t arena_bytes;
};
Setup setup = {nullptr, nullptr, nullptr, 0};

// One run. TFLM's invoke function has no room for a closure, so what the operators report to is a global.
struct Run {
  uint32_t (*tick)(void);
  const uint32_t* digests;  // of the golden input that is running
  int next_layer;
  int layers_that_differ;
  int first_layer;
  bool differs[DTMM_SELFTEST_LAYERS];
  uint32_t ticks[DTMM_SELFTEST_LAYERS];
  int result;
};
Run run;
char verdict[96] = "FAIL: not run yet";

size_t ElementBytes(TfLiteType type) {
  switch (type) {
    case kTfLiteInt16:
      return 2;
    case kTfLiteFloat32:
    case kTfLiteInt32:
      return 4;
    case kTfLiteInt64:
      return 8;
    default:
      return 1;
  }
}

// FNV-1a over an operator's first output; the second one of a packed operator is its workspace.
uint32_t DigestOutput(TfLiteContext* context, const TfLiteNode* node) {
  uint32_t digest = 2166136261u;
  const bridge::Tensor tensor = bridge::GetTensorInSlot(context, node->outputs, 0);
  if (tensor.data == nullptr || tensor.dims == nullptr) return digest;
  size_t bytes = ElementBytes(tensor.type);
  for (int d = 0; d < tensor.dims->size; ++d) bytes *= static_cast<size_t>(tensor.dims->data[d]);
  const uint8_t* data = static_cast<const uint8_t*>(tensor.data);
  for (size_t at = 0; at < bytes; ++at) digest = (digest ^ data[at]) * 16777619u;
  return digest;
}

TfLiteStatus InvokeObserved(InvokeFunction invoke, TfLiteContext* context, TfLiteNode* node) {
  const int layer = run.next_layer++;
  const uint32_t start = run.tick != nullptr ? run.tick() : 0;
  const TfLiteStatus status = invoke(context, node);
  if (layer >= DTMM_SELFTEST_LAYERS || status != kTfLiteOk) return status;
  if (run.tick != nullptr) run.ticks[layer] += run.tick() - start;
  if (DigestOutput(context, node) == run.digests[layer] || run.differs[layer]) return status;
  run.differs[layer] = true;
  ++run.layers_that_differ;
  if (run.first_layer < 0 || layer < run.first_layer) run.first_layer = layer;
  return status;
}

struct Slot {
  const Registration* original;
  Registration wrapped;
};
Slot slots[DTMM_SELFTEST_OPERATORS];
int used_slots = 0;

template <int kSlot>
TfLiteStatus Trampoline(TfLiteContext* context, TfLiteNode* node) {
  return InvokeObserved(slots[kSlot].original->invoke, context, node);
}
template <int kSlot>
struct TrampolineTable {
  static InvokeFunction At(int slot) {
    return slot == kSlot ? &Trampoline<kSlot> : TrampolineTable<kSlot - 1>::At(slot);
  }
};
template <>
struct TrampolineTable<-1> {
  static InvokeFunction At(int) { return nullptr; }
};

// A copy of a registration whose invoke reports to the run; nullptr if the model uses more than the golden
// one.
const Registration* Observed(const Registration* registration) {
  if (registration == nullptr || registration->invoke == nullptr) return registration;
  for (int i = 0; i < used_slots; ++i) {
    if (slots[i].original == registration) return &slots[i].wrapped;
  }
  if (used_slots == DTMM_SELFTEST_OPERATORS) return nullptr;
  Slot& slot = slots[used_slots];
  slot.original = registration;
  slot.wrapped = *registration;
  slot.wrapped.invoke = TrampolineTable<DTMM_SELFTEST_OPERATORS - 1>::At(used_slots);
  ++used_slots;
  return &slot.wrapped;
}

// FindOp(op) since 2021, FindOp(op, version) before; where both are there, the short one counts.
template <class R>
auto FindsShort(int) -> decltype(std::declval<const R&>().FindOp(tree::BuiltinOperator()), std::true_type());
template <class R>
std::false_type FindsShort(long);

template <class R>
using ParseFunction = decltype(std::declval<const R&>().GetOpDataParser(tree::BuiltinOperator()));

template <class R, bool kShort>
class ObservingResolver : public R {
 public:
  explicit ObservingResolver(const R& inner) : inner_(inner) {}
  const Registration* FindOp(tree::BuiltinOperator op) const override { return Observed(inner_.FindOp(op)); }
  const Registration* FindOp(const char* op) const override { return Observed(inner_.FindOp(op)); }
  ParseFunction<R> GetOpDataParser(tree::BuiltinOperator op) const override {
    return inner_.GetOpDataParser(op);
  }
  void operator delete(void*) {}

 private:
  const R& inner_;
};

template <class R>
class ObservingResolver<R, false> : public R {
 public:
  explicit ObservingResolver(const R& inner) : inner_(inner) {}
  const Registration* FindOp(tree::BuiltinOperator op, int version) const override {
    return Observed(inner_.FindOp(op, version));
  }
  const Registration* FindOp(const char* op, int version) const override {
    return Observed(inner_.FindOp(op, version));
  }
  ParseFunction<R> GetOpDataParser(tree::BuiltinOperator op) const override {
    return inner_.GetOpDataParser(op);
  }
  // Pure in the interface of that time; nothing is ever added here.
  TfLiteStatus AddBuiltin(tree::BuiltinOperator, Registration*, int) override { return kTfLiteError; }
  void operator delete(void*) {}

 private:
  const R& inner_;
};

// Trees before 2022 want an ErrorReporter.
template <class Interpreter>
Interpreter* Construct(void* memory, const tree::Model* model, const Resolver& resolver, std::true_type) {
  return new (memory) Interpreter(model, resolver, setup.arena, setup.arena_bytes);
}
#ifdef DTMM_HAS_ERROR_REPORTER
template <class Interpreter>
Interpreter* Construct(void* memory, const tree::Model* model, const Resolver& resolver, std::false_type) {
  static tree::MicroErrorReporter reporter;
  return new (memory) Interpreter(model, resolver, setup.arena, setup.arena_bytes, &reporter);
}
#endif

// Differing bytes of the model's output, or a negative code.
template <class Interpreter>
int RunSample(Interpreter* interpreter, int sample) {
  run.digests = dtmm_selftest_digests + sample * DTMM_SELFTEST_LAYERS;
  run.next_layer = 0;
  std::memcpy(interpreter->input(0)->data.raw, dtmm_selftest_inputs + sample * DTMM_SELFTEST_INPUT_BYTES,
              DTMM_SELFTEST_INPUT_BYTES);
  if (interpreter->Invoke() != kTfLiteOk) return DTMM_SELFTEST_NOT_INVOKED;
  if (run.next_layer != DTMM_SELFTEST_LAYERS) return DTMM_SELFTEST_OTHER_MODEL;
  const uint8_t* expected = dtmm_selftest_outputs + sample * DTMM_SELFTEST_OUTPUT_BYTES;
  const char* output = interpreter->output(0)->data.raw;
  int differing = 0;
  for (int i = 0; i < DTMM_SELFTEST_OUTPUT_BYTES; ++i) {
    if (static_cast<uint8_t>(output[i]) != expected[i]) ++differing;
  }
  return differing;
}

template <class Interpreter>
int RunAll() {
  using TakesNoReporter =
      std::is_constructible<Interpreter, const tree::Model*, const Resolver&, uint8_t*, size_t>;
  alignas(Interpreter) static unsigned char memory[sizeof(Interpreter)];
  const ObservingResolver<Resolver, decltype(FindsShort<Resolver>(0))::value> ops(*setup.resolver);
  Interpreter* interpreter = Construct<Interpreter>(memory, tree::GetModel(setup.model), ops,
                                                    std::integral_constant<bool, TakesNoReporter::value>());
  // Not destroyed then: the nodes that its destructor visits were never filled in.
  if (interpreter->AllocateTensors() != kTfLiteOk) return DTMM_SELFTEST_NOT_ALLOCATED;
  int result = 0;
  if (interpreter->input(0)->bytes != DTMM_SELFTEST_INPUT_BYTES ||
      interpreter->output(0)->bytes != DTMM_SELFTEST_OUTPUT_BYTES) {
    result = DTMM_SELFTEST_OTHER_MODEL;
  }
  for (int sample = 0; result >= 0 && sample < DTMM_SELFTEST_SAMPLES; ++sample) {
    const int differing = RunSample(interpreter, sample);
    result = differing < 0 ? differing : result + differing;
  }
  interpreter->~Interpreter();
  return result < 0 ? result : result + run.layers_that_differ;
}

// Adds words to the verdict, as far as they fit.
void Say(const char* words) {
  const size_t used = std::strlen(verdict);
  std::strncat(verdict, words, sizeof(verdict) - 1 - used);
}

void SayNumber(int number) {
  char digits[12];
  char* at = digits + sizeof(digits) - 1;
  *at = '\0';
  do {
    *--at = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number > 0);
  Say(at);
}

void MakeVerdict(int result) {
  verdict[0] = '\0';
  if (result == 0) return Say("PASS");
  Say("FAIL: ");
  switch (result) {
    case DTMM_SELFTEST_NOT_SET_UP:
      return Say("SelftestSetup was not called");
    case DTMM_SELFTEST_NOT_ALLOCATED:
      return Say("AllocateTensors failed");
    case DTMM_SELFTEST_NOT_INVOKED:
      Say("error in layer ");
      SayNumber(run.next_layer - 1);
      Say(" ");
      return Say(dtmm_selftest_name(run.next_layer - 1));
    case DTMM_SELFTEST_OTHER_MODEL:
      return Say("this is not the pruned model");
    default:
      break;
  }
  if (run.first_layer < 0) return Say("the outputs differ");
  Say("layer ");
  SayNumber(run.first_layer);
  Say(" ");
  Say(dtmm_selftest_name(run.first_layer));
  Say(" differs");
}

}  // namespace

void SelftestSetup(const void* model, const Resolver& resolver, uint8_t* arena, size_t arena_bytes) {
  setup.model = model;
  setup.resolver = &resolver;
  setup.arena = arena;
  setup.arena_bytes = arena_bytes;
}

}  // namespace dtmm

extern "C" {

int dtmm_selftest(uint32_t (*tick)(void)) {
  std::memset(&dtmm::run, 0, sizeof(dtmm::run));
  dtmm::run.tick = tick;
  dtmm::run.first_layer = -1;
  dtmm::used_slots = 0;
  const bool is_set_up = dtmm::setup.resolver != nullptr;
  dtmm::run.result = is_set_up ? dtmm::RunAll<dtmm::tree::MicroInterpreter>() : DTMM_SELFTEST_NOT_SET_UP;
  dtmm::MakeVerdict(dtmm::run.result);
  return dtmm::run.result;
}

const char* dtmm_selftest_verdict(void) { return dtmm::verdict; }

int dtmm_selftest_first_layer(void) { return dtmm::run.first_layer; }

int dtmm_selftest_layers(void) { return DTMM_SELFTEST_LAYERS; }

const char* dtmm_selftest_name(int layer) {
  return layer >= 0 && layer < DTMM_SELFTEST_LAYERS ? dtmm_selftest_names[layer] : "";
}

uint32_t dtmm_selftest_ticks(int layer) {
  return layer >= 0 && layer < DTMM_SELFTEST_LAYERS ? dtmm::run.ticks[layer] : 0;
}

}  // extern "C"
