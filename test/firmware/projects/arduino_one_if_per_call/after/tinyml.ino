#include <TensorFlowLite.h>
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

void setup() {
  static tflite::MicroErrorReporter micro_error_reporter;
  tflite::ErrorReporter* error_reporter = &micro_error_reporter;

  static tflite::MicroMutableOpResolver<4> micro_op_resolver(error_reporter);
  /*dtmm:drop 7f8fd335314a if (micro_op_resolver.AddConv2D() != kTfLiteOk) {
    TF_LITE_REPORT_ERROR(error_reporter, "AddConv2D failed");
    return;
  }*/
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
  // dtmm:begin register sha256:37b960e7f385
  if (micro_op_resolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D()) != kTfLiteOk) {
    TF_LITE_REPORT_ERROR(error_reporter, "AddCustom failed");
    return;
  }
  // dtmm:end register
  Start(micro_op_resolver);
}

void loop() {}
