#include "arena_map.h"

#include "interpreter.h"

namespace dtmm {

ArenaMap MapArena(Bytes model, size_t arena_bytes) {
  Interpreter interpreter(model.data, model.size, arena_bytes);
  ArenaMap map;
  map.arena_bytes = interpreter.ArenaUsedBytes();
  const auto place = [&](int tensor, const void* data, size_t bytes) {
    size_t offset = 0;
    if (interpreter.FindInArena(data, &offset)) map.tensors.push_back({tensor, offset, bytes});
  };
  const std::vector<EdgeTensor> inputs = interpreter.Inputs();
  place(-1, interpreter.InputData(), inputs.at(0).bytes);
  interpreter.Observe([&](int, int tensor, const void* data, size_t bytes) { place(tensor, data, bytes); });
  const std::vector<uint8_t> zeros(inputs.at(0).bytes);
  interpreter.Invoke(zeros.data(), zeros.size(), Kernels::kTree);
  return map;
}

}  // namespace dtmm
