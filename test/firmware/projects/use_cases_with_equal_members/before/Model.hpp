#pragma once

#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

namespace app {
class Model {
 public:
  virtual ~Model() = default;

 protected:
  virtual const tflite::MicroOpResolver& GetOpResolver() = 0;
  virtual bool EnlistOperations() = 0;
};
}  // namespace app
