#include "tensorflow/lite/micro/all_ops_resolver.h"

static const tflite::AllOpsResolver resolver;

void Setup() { Launch(resolver); }
