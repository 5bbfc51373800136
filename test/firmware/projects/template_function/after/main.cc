#include "register_ops.h"

static tflite::MicroMutableOpResolver</*dtmm:was 3 +1*/4> g_ops;

int main() { return RegisterOps(g_ops) == kTfLiteOk ? Run(g_ops) : 1; }
