/* Gesture recogniser for the Nano 33 BLE Sense. */
#include <TensorFlowLite.h>
#include "tensorflow/lite/micro/micro_error_reporter.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
#include "gesture_model.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

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

  static tflite::MicroMutableOpResolver</*dtmm:was 3 +1*/4> micro_op_resolver(error_reporter);
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
  // dtmm:begin register sha256:4f557b0f58fb
  if (micro_op_resolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D()) != kTfLiteOk) {
    TF_LITE_REPORT_ERROR(error_reporter, "AddCustom failed: no FilterletConv2D");
    return;
  }
  // dtmm:end register

  static tflite::MicroInterpreter static_interpreter(
      tflite::GetModel(g_gesture_model), micro_op_resolver, arena, kArenaBytes, error_reporter);
  interpreter = &static_interpreter;
  interpreter->AllocateTensors();
}

void loop() { interpreter->Invoke(); }
