#include "host_kernel_set.h"

#include <cstring>

namespace dtmm {
namespace {

const int8_t* InputOf(TfLiteContext* context, const TfLiteNode* node) {
  return static_cast<const int8_t*>(bridge::ViewTensor(context, node->inputs->data[0]).data);
}

// TFLM hands out activations as constant views; the interpreter owns them in writable memory.
int8_t* OutputOf(TfLiteContext* context, const TfLiteNode* node) {
  const bridge::TensorView view = bridge::ViewTensor(context, node->outputs->data[0]);
  return static_cast<int8_t*>(const_cast<void*>(view.data));
}

}  // namespace

HostKernelSet::Entry& HostKernelSet::At(int op) {
  const auto index = static_cast<size_t>(op);
  if (entries_.size() <= index) entries_.resize(index + 1);
  return entries_[index];
}

bool HostKernelSet::Run(int op, TfLiteContext* context, const TfLiteNode* node) {
  const Entry& entry = At(op);
  if (entry.standing != Standing::kProven) return false;
  entry.kernel->Run(InputOf(context, node), OutputOf(context, node));
  return true;
}

void HostKernelSet::Prove(int op, int code, TfLiteContext* context, const TfLiteNode* node) {
  Entry& entry = At(op);
  if (entry.standing == Standing::kNone || entry.standing == Standing::kStray) return;
  if (entry.standing == Standing::kUnseen) {
    // Operator numbers count invocations: with control flow, which has subgraphs, they would not name
    // operators.
    const bool plain = model_->subgraphs()->size() == 1;
    if (plain) entry.kernel = MakeHostKernel(model_, code, context, node);
    entry.standing = entry.kernel == nullptr ? Standing::kNone : Standing::kProven;
    if (entry.kernel == nullptr) return;
  }
  output_.resize(entry.kernel->OutputBytes());
  entry.kernel->Run(InputOf(context, node), output_.data());
  if (std::memcmp(output_.data(), OutputOf(context, node), output_.size()) == 0) return;
  entry.standing = Standing::kStray;
  strays_.push_back(op);
}

std::vector<int> HostKernelSet::Proven() const {
  std::vector<int> proven;
  for (size_t op = 0; op < entries_.size(); ++op) {
    if (entries_[op].standing == Standing::kProven) proven.push_back(static_cast<int>(op));
  }
  return proven;
}

}  // namespace dtmm
