// Runs a model by the registrations of a TFLM tree that comes as headers and a library, without an
// interpreter:
//
//   registration_loop MODEL INPUTS SAMPLES > OUTPUTS
//
// INPUTS are samples laid end to end; OUTPUTS receives output 0 of each. Every tensor has memory of its own:
// what is held against other trees are bytes, not the plan of an arena.
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dtmm_block_fully_connected.h"
#include "dtmm_filterlet_conv_2d.h"
#include "tensorflow/lite/core/api/flatbuffer_conversions.h"
#include "tensorflow/lite/micro/kernels/micro_ops.h"
#include "tensorflow/lite/micro/memory_helpers.h"
#include "tensorflow/lite/micro/micro_context.h"
#include "tensorflow/lite/schema/schema_generated.h"
#include "tensorflow/lite/schema/schema_utils.h"

namespace tflm = dtmm::bridge::tree;

namespace {

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "registration loop: %s\n", what.c_str());
  std::exit(1);
}

void Check(TfLiteStatus status, const std::string& what) {
  if (status != kTfLiteOk) Die(what + " failed");
}

// Takes from the heap what lives until the program ends.
void* Take(size_t bytes) {
  static std::vector<std::unique_ptr<char[]>> taken;
  taken.emplace_back(new char[bytes == 0 ? 1 : bytes]);
  return taken.back().get();
}

class HeapAllocator : public tflm::BuiltinDataAllocator {
 public:
  void* Allocate(size_t size, size_t) override { return Take(size); }
  void Deallocate(void*) override {}
};

class StderrReporter : public tflm::ErrorReporter {
 public:
  int Report(const char* format, va_list args) override { return std::vfprintf(stderr, format, args); }
};

template <class Numbers>
TfLiteIntArray* ToIntArray(const Numbers* numbers) {
  const int size = numbers == nullptr ? 0 : static_cast<int>(numbers->size());
  auto* array = static_cast<TfLiteIntArray*>(Take(sizeof(TfLiteIntArray) + sizeof(int) * size));
  array->size = size;
  for (int i = 0; i < size; ++i) array->data[i] = static_cast<int>(numbers->Get(i));
  return array;
}

TfLiteFloatArray* ToFloatArray(const flatbuffers::Vector<float>* numbers) {
  const int size = static_cast<int>(numbers->size());
  auto* array = static_cast<TfLiteFloatArray*>(Take(sizeof(TfLiteFloatArray) + sizeof(float) * size));
  array->size = size;
  for (int i = 0; i < size; ++i) array->data[i] = numbers->Get(i);
  return array;
}

// The model, and all that its operators ask for. A global, since the functions of this tree's MicroContext
// have no argument that could lead to it.
struct Graph {
  std::vector<TfLiteTensor> tensors;
  std::vector<TfLiteEvalTensor> eval_tensors;
  std::vector<void*> scratch;
} graph;

// This tree's TfLiteTensor does not say it.
size_t ByteCount(const TfLiteTensor& tensor) {
  size_t bytes = 0;
  Check(tflm::TfLiteTypeSizeOf(tensor.type, &bytes), "TfLiteTypeSizeOf");
  for (int i = 0; i < tensor.dims->size; ++i) bytes *= static_cast<size_t>(tensor.dims->data[i]);
  return bytes;
}

void AddTensor(const tflm::Tensor* source, const tflm::Buffer* buffer) {
  TfLiteTensor tensor = {};
  Check(tflm::ConvertTensorType(source->type(), &tensor.type), "ConvertTensorType");
  tensor.dims = ToIntArray(source->shape());
  const bool constant = buffer->data() != nullptr && buffer->data()->size() > 0;
  tensor.data.data = constant ? const_cast<uint8_t*>(buffer->data()->data()) : Take(ByteCount(tensor));
  const auto* quantization = source->quantization();
  if (quantization != nullptr && quantization->scale() != nullptr && quantization->scale()->size() > 0) {
    auto* affine = static_cast<TfLiteAffineQuantization*>(Take(sizeof(TfLiteAffineQuantization)));
    affine->scale = ToFloatArray(quantization->scale());
    affine->zero_point = ToIntArray(quantization->zero_point());
    affine->quantized_dimension = quantization->quantized_dimension();
    tensor.params = {affine->scale->data[0], affine->zero_point->data[0]};
    tensor.quantization = {kTfLiteAffineQuantization, affine};
  }
  graph.tensors.push_back(tensor);
  graph.eval_tensors.push_back({tensor.data, tensor.dims, tensor.type});
}

TfLiteTensor* TensorAt(const TfLiteIntArray* slots, int slot) {
  const bool there = slot < slots->size && slots->data[slot] >= 0;
  return there ? &graph.tensors[static_cast<size_t>(slots->data[slot])] : nullptr;
}
TfLiteTensor* InputTensor(const TfLiteNode* node, int index) { return TensorAt(node->inputs, index); }
TfLiteTensor* OutputTensor(const TfLiteNode* node, int index) { return TensorAt(node->outputs, index); }
void KeepTensor(TfLiteTensor*) {}

void ReportError(TfLiteContext*, const char* format, ...) {
  va_list args;
  va_start(args, format);
  StderrReporter().Report(format, args);
  va_end(args);
}

// What kernels find in their context; the members differ between trees and are set by name.
TfLiteContext MakeContext() {
  static tflm::MicroContext micro = {};
  micro.AllocateTempInputTensor = InputTensor;
  micro.AllocateTempOutputTensor = OutputTensor;
  micro.DeallocateTempTfLiteTensor = KeepTensor;
  TfLiteContext context = {};
  context.impl_ = &micro;
  context.tensors_size = graph.tensors.size();
  context.ReportError = ReportError;
  context.GetTensor = [](const TfLiteContext*, int index) {
    return &graph.tensors[static_cast<size_t>(index)];
  };
  context.GetEvalTensor = [](const TfLiteContext*, int index) {
    return &graph.eval_tensors[static_cast<size_t>(index)];
  };
  context.AllocatePersistentBuffer = [](TfLiteContext*, size_t bytes) { return Take(bytes); };
  context.RequestScratchBufferInArena = [](TfLiteContext*, size_t bytes, int* index) {
    *index = static_cast<int>(graph.scratch.size());
    graph.scratch.push_back(Take(bytes));
    return kTfLiteOk;
  };
  context.GetScratchBuffer = [](TfLiteContext*, int index) {
    return graph.scratch[static_cast<size_t>(index)];
  };
  return context;
}

using Parse = TfLiteStatus (*)(const tflm::Operator*, tflm::ErrorReporter*, tflm::BuiltinDataAllocator*,
                               void**);

// An operator, and what reads its options; nullptr for custom ones.
struct Kernel {
  dtmm::bridge::Registration registration;
  Parse parse;
};

Kernel FindKernel(const tflm::OperatorCode* code) {
  static const std::map<tflm::BuiltinOperator, Kernel> builtins = {
      {tflm::BuiltinOperator_ADD, {tflm::Register_ADD(), tflm::ParseAdd}},
      {tflm::BuiltinOperator_AVERAGE_POOL_2D, {tflm::Register_AVERAGE_POOL_2D(), tflm::ParsePool}},
      {tflm::BuiltinOperator_CONV_2D, {tflm::Register_CONV_2D(), tflm::ParseConv2D}},
      {tflm::BuiltinOperator_DEPTHWISE_CONV_2D,
       {tflm::Register_DEPTHWISE_CONV_2D(), tflm::ParseDepthwiseConv2D}},
      {tflm::BuiltinOperator_FULLY_CONNECTED, {tflm::Register_FULLY_CONNECTED(), tflm::ParseFullyConnected}},
      {tflm::BuiltinOperator_MAX_POOL_2D, {tflm::Register_MAX_POOL_2D(), tflm::ParsePool}},
      {tflm::BuiltinOperator_RESHAPE, {tflm::Register_RESHAPE(), tflm::ParseReshape}},
      {tflm::BuiltinOperator_SOFTMAX, {tflm::Register_SOFTMAX(), tflm::ParseSoftmax}},
  };
  if (code->custom_code() != nullptr) {
    const std::string name = code->custom_code()->str();
    if (name == dtmm::kFilterletConv2DName) return {*dtmm::RegisterFilterletConv2D(), nullptr};
    if (name == dtmm::kBlockFullyConnectedName) return {*dtmm::RegisterBlockFullyConnected(), nullptr};
    Die("no registration for " + name);
  }
  const auto found = builtins.find(tflm::GetBuiltinCode(code));
  if (found == builtins.end()) {
    Die("no registration for operator " + std::to_string(tflm::GetBuiltinCode(code)));
  }
  return found->second;
}

struct Node {
  dtmm::bridge::Registration registration;
  TfLiteNode node;
};

Node Prepare(const tflm::Operator* source, const tflm::OperatorCode* code, TfLiteContext* context) {
  const Kernel kernel = FindKernel(code);
  Node made = {kernel.registration, {}};
  made.node.inputs = ToIntArray(source->inputs());
  made.node.outputs = ToIntArray(source->outputs());
  const char* options = nullptr;
  size_t option_bytes = 0;
  if (kernel.parse == nullptr) {
    options = reinterpret_cast<const char*>(source->custom_options()->data());
    option_bytes = source->custom_options()->size();
  } else {
    static StderrReporter reporter;
    static HeapAllocator allocator;
    Check(kernel.parse(source, &reporter, &allocator, &made.node.builtin_data), "reading options");
    options = static_cast<const char*>(made.node.builtin_data);
  }
  if (made.registration.init != nullptr) {
    made.node.user_data = made.registration.init(context, options, option_bytes);
  }
  if (made.registration.prepare != nullptr) {
    Check(made.registration.prepare(context, &made.node), "Prepare");
  }
  return made;
}

std::string ReadFile(const char* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) Die(std::string("cannot read ") + path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void Run(const std::string& model_bytes, const std::string& inputs, size_t samples) {
  const tflm::Model* model = tflm::GetModel(model_bytes.data());
  const tflm::SubGraph* subgraph = model->subgraphs()->Get(0);
  for (const auto* tensor : *subgraph->tensors()) AddTensor(tensor, model->buffers()->Get(tensor->buffer()));
  TfLiteContext context = MakeContext();
  std::vector<Node> nodes;
  for (const auto* op : *subgraph->operators()) {
    nodes.push_back(Prepare(op, model->operator_codes()->Get(op->opcode_index()), &context));
  }
  const TfLiteTensor& input = graph.tensors[static_cast<size_t>(subgraph->inputs()->Get(0))];
  const TfLiteTensor& output = graph.tensors[static_cast<size_t>(subgraph->outputs()->Get(0))];
  const size_t input_bytes = ByteCount(input);
  if (inputs.size() != samples * input_bytes) Die("the inputs have another size than the samples");
  for (size_t sample = 0; sample < samples; ++sample) {
    std::memcpy(input.data.data, inputs.data() + sample * input_bytes, input_bytes);
    for (Node& node : nodes) Check(node.registration.invoke(&context, &node.node), "Invoke");
    std::fwrite(output.data.data, 1, ByteCount(output), stdout);
  }
}

}  // namespace

// The platform layer of the tree.
extern "C" void DebugLog(const char* format, va_list args) { std::vfprintf(stderr, format, args); }

int main(int argc, char** argv) {
  if (argc != 4) Die("MODEL INPUTS SAMPLES");
  Run(ReadFile(argv[1]), ReadFile(argv[2]), std::stoul(argv[3]));
  return 0;
}
