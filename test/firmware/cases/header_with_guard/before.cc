#ifndef APP_NN_H_
#define APP_NN_H_

#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

inline auto& GetResolver() {
  static tflite::MicroMutableOpResolver<2> resolver = [] {
    tflite::MicroMutableOpResolver<2> made;
    made.AddConv2D();
    made.AddSoftmax();
    return made;
  }();
  return resolver;
}

#include "nn_tail.h"

#endif  // APP_NN_H_
