#include "register_ops.h"

static tflite::MicroMutableOpResolver<3> g_ops;

int main() { return RegisterOps(g_ops) == kTfLiteOk ? Run(g_ops) : 1; }
