// Prints what the two bridges make of a tree's headers, lines of "name value". Nothing of the tree is linked.
#include <cstdio>

#include "dtmm_tflm_bridge.h"
#include "interpreter_bridge.h"

namespace bridge = dtmm::bridge;

namespace {

void Print(const char* name, const char* value) { std::printf("%s %s\n", name, value); }

}  // namespace

int main() {
  Print("registration", bridge::RegistrationName());
  Print("findOp", bridge::kFindsByVersion ? "by name and version" : "by name");
  Print("interpreter", bridge::kWantsErrorReporter<tflite::MicroInterpreter> ? "wants an ErrorReporter"
                                                                             : "reports errors by itself");
  Print("persistentMemory", bridge::kPersistentScratch ? "by an out parameter" : "returned");
  Print("scratchMemory", bridge::kPersistentScratch ? "persistent" : "planned with the activations");
  Print("evalTensors", bridge::HasEvalTensors<TfLiteContext>::value ? "GetEvalTensor" : "context->tensors");
#ifdef DTMM_TREE_ALL_OPS
  Print("allOps", "AllOpsResolver");
#else
  Print("allOps", "the Add functions of MicroMutableOpResolver");
#endif
  return 0;
}
