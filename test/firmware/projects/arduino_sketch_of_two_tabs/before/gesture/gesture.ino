#include <TensorFlowLite.h>
#include <Arduino_LSM9DS1.h>
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
#include "gesture_model.h"

namespace {
constexpr int kArenaBytes = 24 * 1024;
alignas(16) byte arena[kArenaBytes];
tflite::MicroInterpreter* interpreter = nullptr;
}  // namespace

tflite::MicroMutableOpResolver<3> opResolver;

void setup() {
  Serial.begin(9600);
  while (!Serial);
  if (!IMU.begin()) return;
  registerOps();
  static tflite::MicroInterpreter made(tflite::GetModel(g_gesture_model), opResolver, arena, kArenaBytes);
  interpreter = &made;
  interpreter->AllocateTensors();
}

void loop() { interpreter->Invoke(); }
