#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

void Start() {
  auto* resolver = new tflite::MicroMutableOpResolver<2>();
  (void)resolver->AddConv2D();
  (void)(*resolver).AddSoftmax();
  Launch(resolver);
}
