/* Gesture recogniser for the Nano 33 BLE Sense. */
#include <TensorFlowLite.h>
#include "tensorflow/lite/micro/micro_error_reporter.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
#include "gesture_model.h"

namespace {
tflite::ErrorReporter* error_reporter = nullptr;
tflite::MicroInterpreter* interpreter = nullptr;
constexpr int kArenaBytes = 30 * 1024;
uint8_t arena[kArenaBytes];
}  // namespace

void setup() {
  Serial.begin(9600);
  static tflite::MicroErrorReporter micro_error_reporter;
  error_reporter = &micro_error_reporter;

  static tflite::MicroMutableOpResolver<3> micro_op_resolver(error_reporter);
  if (micro_op_resolver.AddConv2D() != kTfLiteOk) {
    TF_LITE_REPORT_ERROR(error_reporter, "AddConv2D failed");
    return;
  }
  if (micro_op_resolver.AddFullyConnected() != kTfLiteOk) {
    TF_LITE_REPORT_ERROR(error_reporter, "AddFullyConnected failed");
    return;
  }
  if (micro_op_resolver.AddSoftmax() != kTfLiteOk) {
    TF_LITE_REPORT_ERROR(error_reporter, "AddSoftmax failed: no Softmax");
    return;
  }

  static tflite::MicroInterpreter static_interpreter(
      tflite::GetModel(g_gesture_model), micro_op_resolver, arena, kArenaBytes, error_reporter);
  interpreter = &static_interpreter;
  interpreter->AllocateTensors();
}

void loop() { interpreter->Invoke(); }
