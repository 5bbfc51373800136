#include <TensorFlowLite.h>
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

void setup() {
  static tflite::MicroErrorReporter micro_error_reporter;
  tflite::ErrorReporter* error_reporter = &micro_error_reporter;

  static tflite::MicroMutableOpResolver<4> micro_op_resolver(error_reporter);
  if (micro_op_resolver.AddConv2D() != kTfLiteOk) {
    TF_LITE_REPORT_ERROR(error_reporter, "AddConv2D failed");
    return;
  }
  if (micro_op_resolver.AddMaxPool2D() != kTfLiteOk) {
    TF_LITE_REPORT_ERROR(error_reporter, "AddMaxPool2D failed");
    return;
  }
  if (micro_op_resolver.AddFullyConnected() != kTfLiteOk) {
    TF_LITE_REPORT_ERROR(error_reporter, "AddFullyConnected failed");
    return;
  }
  if (micro_op_resolver.AddSoftmax() != kTfLiteOk) {
    TF_LITE_REPORT_ERROR(error_reporter, "AddSoftmax failed");
    return;
  }
  Start(micro_op_resolver);
}

void loop() {}
