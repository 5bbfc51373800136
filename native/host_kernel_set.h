// The host kernels of one interpreter, each trusted only after it gave the tree's own bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "host_operator.h"

namespace dtmm {

class HostKernelSet {
 public:
  explicit HostKernelSet(const tflite::Model* model) : model_(model) {}

  // Runs operator `op` by its host kernel. False, with nothing done, where the tree's own kernel has to:
  // there is no host kernel, it was not proven yet, or it once gave other bytes.
  bool Run(int op, TfLiteContext* context, const TfLiteNode* node);

  // Holds the host kernel of operator `op`, a builtin operator `code`, against the tree's own, which has just
  // run: from the same input it must give the bytes that are in the output now, else it never runs.
  void Prove(int op, int code, TfLiteContext* context, const TfLiteNode* node);

  // Operators whose host kernel runs.
  std::vector<int> Proven() const;
  // Operators whose host kernel gave other bytes than the tree's.
  const std::vector<int>& Strays() const { return strays_; }

 private:
  enum class Standing { kUnseen, kNone, kProven, kStray };
  struct Entry {
    Standing standing = Standing::kUnseen;
    std::unique_ptr<HostKernel> kernel;
  };

  Entry& At(int op);

  const tflite::Model* model_;
  std::vector<Entry> entries_;  // by operator
  std::vector<int> strays_;
  std::vector<int8_t> output_;  // of the kernel that is on trial
};

}  // namespace dtmm
