#include "gesture_ops.h"

GestureOps ops;

int main() { return Run(ops); }
