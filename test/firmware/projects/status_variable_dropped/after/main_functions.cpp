#include "main_functions.h"

#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
// dtmm:begin include sha256:821e71bedfed
#include "dtmm_block_fully_connected.h"
// dtmm:end include

void setup() {
  static tflite::MicroMutableOpResolver<1> resolver;
  TfLiteStatus resolve_status = /*dtmm:drop-call 158c02622735 resolver.AddFullyConnected()*/kTfLiteOk;
  if (resolve_status != kTfLiteOk) {
    MicroPrintf("Op resolution failed");
    return;
  }
  // dtmm:begin register sha256:45f1121ad54a
  resolve_status = resolver.AddCustom(dtmm::kBlockFullyConnectedName, dtmm::RegisterBlockFullyConnected());
  if (resolve_status != kTfLiteOk) {
    MicroPrintf("Op resolution failed");
    return;
  }
  // dtmm:end register
  start(resolver);
}
