// Replaces the tree's system_setup, in trees that have one: a host needs no set-up.

#if __has_include("tensorflow/lite/micro/system_setup.h")
#include "tensorflow/lite/micro/system_setup.h"

namespace tflite {

void InitializeTarget() {}

}  // namespace tflite
#endif
