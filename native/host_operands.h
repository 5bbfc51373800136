// The tensors of an operator with weights, read for its host kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "interpreter_bridge.h"

namespace dtmm {

// What the model file says about a tensor; interpreters since 2021 drop it after Prepare.
struct FileTensor {
  const flatbuffers::Vector<float>* scales = nullptr;
  const flatbuffers::Vector<int64_t>* zero_points = nullptr;
  const flatbuffers::Vector<uint8_t>* data = nullptr;

  // Of activations: one scale, and a zero point within int8.
  bool PerTensor() const {
    return scales != nullptr && zero_points != nullptr && scales->size() == 1 && zero_points->size() == 1 &&
           zero_points->Get(0) >= -128 && zero_points->Get(0) <= 127;
  }
  float Scale() const { return scales->Get(0); }
  int ZeroPoint() const { return static_cast<int>(zero_points->Get(0)); }

  // Of filters: `channels` scales or one, and no zero point that counts.
  bool IsFilter(int channels) const;
};

struct Operands {
  bridge::TensorView input, filter, bias, output;  // as the interpreter has them; a bias may be absent
  FileTensor input_file, filter_file, bias_file, output_file;
};

// The operands of `node`, where they are what a host kernel takes: int8 activations with one scale, and
// constants in the file, an int8 filter without zero point and a bias of int32. `rank` is that of filter and
// output, `channel_axis` the filter's axis of output channels.
std::optional<Operands> ReadOperands(const tflite::Model* model, TfLiteContext* context,
                                     const TfLiteNode* node, int rank, int channel_axis);

// Values in a tensor whose dimensions were checked.
size_t Elements(const bridge::TensorView& tensor);

}  // namespace dtmm
