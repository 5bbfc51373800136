#include "interpreter.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "all_ops.h"
#include "debug_text.h"
#include "fault.h"
#include "host_kernel_set.h"
#include "interpreter_bridge.h"

namespace dtmm {
namespace {

using bridge::Registration;

constexpr size_t kAlignment = 16;
// Distinct registrations that one model can use; a model with more is refused.
constexpr int kSlots = 192;

struct FreeDeleter {
  void operator()(void* p) const { std::free(p); }
};
using AlignedBytes = std::unique_ptr<uint8_t, FreeDeleter>;

// Aligned as TFLM wants models and arenas; not initialised.
AlignedBytes Allocate(size_t bytes) {
  const size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  // Not std::aligned_alloc, which the C++ library of the boards does not have.
  auto* memory = static_cast<uint8_t*>(::aligned_alloc(kAlignment, rounded == 0 ? kAlignment : rounded));
  if (memory == nullptr) throw Fault("OUT_OF_MEMORY", "no memory for " + std::to_string(bytes) + " bytes");
  return AlignedBytes(memory);
}

size_t ElementBytes(TfLiteType type) {
  switch (type) {
    case kTfLiteInt8:
    case kTfLiteUInt8:
    case kTfLiteBool:
      return 1;
    case kTfLiteInt16:
      return 2;
    case kTfLiteFloat32:
    case kTfLiteInt32:
      return 4;
    case kTfLiteInt64:
      return 8;
    default:
      return 0;
  }
}

// What the wrapped operators report to. TFLM's invoke function has no room for a closure, so the session that
// is running is a global: one interpreter runs at a time in a process.
struct Session {
  OperatorObserver observer;
  HostKernelSet* host_kernels = nullptr;
  Kernels kernels = Kernels::kTree;
  int next_operator = 0;
};
Session* running = nullptr;

struct Slot {
  const Registration* original = nullptr;
  Registration wrapped = {};
};

class ObservedOps;
TfLiteStatus InvokeSlot(int slot, TfLiteContext* context, TfLiteNode* node);
template <int kSlot>
TfLiteStatus Trampoline(TfLiteContext* context, TfLiteNode* node) {
  return InvokeSlot(kSlot, context, node);
}
using InvokeFunction = TfLiteStatus (*)(TfLiteContext*, TfLiteNode*);
template <int... kIndex>
InvokeFunction TrampolineAt(int slot, std::integer_sequence<int, kIndex...>) {
  static constexpr InvokeFunction table[] = {&Trampoline<kIndex>...};
  return table[slot];
}

// Hands out copies of the registrations whose invoke calls the observer. The copies serve every session.
class ObservedOps : public bridge::WrappingResolver<ObservedOps, bridge::Resolver, bridge::kFindsByVersion> {
 public:
  using WrappingResolver::WrappingResolver;

  const Registration* WrapOne(const Registration* registration) const {
    if (registration == nullptr || registration->invoke == nullptr) return registration;
    for (int i = 0; i < used_; ++i) {
      if (slots_[i].original == registration) return &slots_[i].wrapped;
    }
    if (used_ == kSlots) return nullptr;
    Slot& slot = slots_[used_];
    slot.original = registration;
    slot.wrapped = *registration;
    slot.wrapped.invoke = TrampolineAt(used_, std::make_integer_sequence<int, kSlots>());
    ++used_;
    return &slot.wrapped;
  }

  static const Registration& Original(int slot) { return *slots_[slot].original; }

  void operator delete(void*) {}

 private:
  static Slot slots_[kSlots];
  static int used_;
};
Slot ObservedOps::slots_[kSlots];
int ObservedOps::used_ = 0;

// Runs an operator by the kernels that the session asks for. Init and Prepare are always the tree's own, and
// so is the arena that they plan.
TfLiteStatus InvokeKernel(const Registration& original, TfLiteContext* context, TfLiteNode* node) {
  HostKernelSet* host = running->host_kernels;
  if (running->kernels == Kernels::kHost && host->Run(running->next_operator, context, node))
    return kTfLiteOk;
  const TfLiteStatus status = original.invoke(context, node);
  if (status == kTfLiteOk && running->kernels == Kernels::kTree) {
    host->Prove(running->next_operator, original.builtin_code, context, node);
  }
  return status;
}

TfLiteStatus InvokeSlot(int slot, TfLiteContext* context, TfLiteNode* node) {
  const TfLiteStatus status = InvokeKernel(ObservedOps::Original(slot), context, node);
  const int op = running->next_operator++;
  if (status != kTfLiteOk || !running->observer) return status;
  for (int i = 0; i < node->outputs->size; ++i) {
    const int index = node->outputs->data[i];
    // A workspace, which the operator writes for itself.
    if (std::find(node->inputs->data, node->inputs->data + node->inputs->size, index) !=
        node->inputs->data + node->inputs->size) {
      continue;
    }
    const bridge::TensorView view = bridge::ViewTensor(context, index);
    if (view.data == nullptr || view.dims == nullptr) continue;
    size_t bytes = ElementBytes(view.type);
    for (int d = 0; d < view.dims->size; ++d) bytes *= static_cast<size_t>(view.dims->data[d]);
    running->observer(op, index, view.data, bytes);
  }
  return status;
}

EdgeTensor Describe(const TfLiteTensor* tensor) {
  EdgeTensor edge;
  edge.type = TfLiteTypeGetName(tensor->type);
  edge.shape.assign(tensor->dims->data, tensor->dims->data + tensor->dims->size);
  edge.bytes = tensor->bytes;
  edge.scale = tensor->params.scale;
  edge.zero_point = tensor->params.zero_point;
  return edge;
}

// Makes a session the running one for the length of a scope.
class Running {
 public:
  explicit Running(Session* session) { running = session; }
  ~Running() { running = nullptr; }
};

}  // namespace

struct Interpreter::State {
  AlignedBytes model;
  AlignedBytes arena;
  size_t arena_bytes = 0;
  ObservedOps ops{AllOps()};
  std::unique_ptr<HostKernelSet> host_kernels;
  Session session;
  alignas(tflite::MicroInterpreter) unsigned char memory[sizeof(tflite::MicroInterpreter)];
  tflite::MicroInterpreter* interpreter = nullptr;

  ~State() {
    if (interpreter != nullptr) interpreter->~MicroInterpreter();
  }
};

Interpreter::Interpreter(const uint8_t* model, size_t model_bytes, size_t arena_bytes)
    : state_(std::make_unique<State>()) {
  TakeDebugText();
  state_->model = Allocate(model_bytes);
  std::memcpy(state_->model.get(), model, model_bytes);
  state_->arena = Allocate(arena_bytes);
  state_->arena_bytes = arena_bytes;
  const tflite::Model* root = tflite::GetModel(state_->model.get());
  state_->host_kernels = std::make_unique<HostKernelSet>(root);
  state_->session.host_kernels = state_->host_kernels.get();
  Running scope(&state_->session);
  state_->interpreter = bridge::Construct<tflite::MicroInterpreter>(state_->memory, root, state_->ops,
                                                                    state_->arena.get(), arena_bytes);
  if (state_->interpreter->AllocateTensors() != kTfLiteOk) {
    // Its destructor would visit nodes that were never filled in: the arena is not initialised, and holds all
    // that it owns.
    state_->interpreter = nullptr;
    const std::string words = TakeDebugText();
    throw Fault("TFLM_REJECTED", words.empty() ? "AllocateTensors failed without a message" : words);
  }
}

Interpreter::~Interpreter() = default;

size_t Interpreter::ArenaUsedBytes() const { return state_->interpreter->arena_used_bytes(); }

std::vector<EdgeTensor> Interpreter::Inputs() const {
  std::vector<EdgeTensor> edges;
  for (size_t i = 0; i < state_->interpreter->inputs_size(); ++i) {
    edges.push_back(Describe(state_->interpreter->input(i)));
  }
  return edges;
}

std::vector<EdgeTensor> Interpreter::Outputs() const {
  std::vector<EdgeTensor> edges;
  for (size_t i = 0; i < state_->interpreter->outputs_size(); ++i) {
    edges.push_back(Describe(state_->interpreter->output(i)));
  }
  return edges;
}

void Interpreter::Observe(OperatorObserver observer) { state_->session.observer = std::move(observer); }

void Interpreter::Invoke(const uint8_t* input, size_t bytes, Kernels kernels) {
  TfLiteTensor* tensor = state_->interpreter->input(0);
  if (bytes != tensor->bytes) {
    throw Fault("INPUT_SIZE", "a sample has " + std::to_string(bytes) + " bytes, the model's input " +
                                  std::to_string(tensor->bytes));
  }
  std::memcpy(tensor->data.raw, input, bytes);
  Running scope(&state_->session);
  state_->session.next_operator = 0;
  state_->session.kernels = kernels;
  if (state_->interpreter->Invoke() != kTfLiteOk) {
    const std::string words = TakeDebugText();
    throw Fault("TFLM_FAILED", words.empty() ? "Invoke failed without a message" : words);
  }
}

const void* Interpreter::InputData() const { return state_->interpreter->input(0)->data.raw; }

bool Interpreter::FindInArena(const void* data, size_t* offset) const {
  const auto at = reinterpret_cast<uintptr_t>(data);
  const auto start = reinterpret_cast<uintptr_t>(state_->arena.get());
  *offset = at - start;
  return at >= start && *offset < state_->arena_bytes;
}

const uint8_t* Interpreter::Output(size_t* bytes) const {
  const TfLiteTensor* tensor = state_->interpreter->output(0);
  *bytes = tensor->bytes;
  return reinterpret_cast<const uint8_t*>(tensor->data.raw);
}

std::vector<int> Interpreter::HostOperators() const { return state_->host_kernels->Proven(); }

const std::vector<int>& Interpreter::Strays() const { return state_->host_kernels->Strays(); }

const char* RegistrationName() { return bridge::RegistrationName(); }

int TreeOperators() { return TreeOperatorCount(); }

}  // namespace dtmm
