// Recognises handwritten digits: one image in, one class on standard output.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>

#include "image_provider.h"
#include "model/model_data.h"
#include "tensorflow/lite/micro/kernels/micro_ops.h"
#include "tensorflow/lite/micro/micro_error_reporter.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
#include "tensorflow/lite/version.h"

namespace {

constexpr int kArenaBytes = 64 * 1024;
alignas(16) uint8_t g_arena[kArenaBytes];

tflite::ErrorReporter* g_reporter = nullptr;
tflite::MicroInterpreter* g_interpreter = nullptr;

// Pixels become real values 0..1 as in training, then what the input tensor's quantisation makes of them.
int8_t QuantizePixel(uint8_t pixel, const TfLiteQuantizationParams& params) {
  const int32_t value = static_cast<int32_t>(std::round(pixel / 255.0f / params.scale)) + params.zero_point;
  return static_cast<int8_t>(std::min<int32_t>(127, std::max<int32_t>(-128, value)));
}

int TopClass(const TfLiteTensor& scores) {
  const int classes = scores.dims->data[scores.dims->size - 1];
  return static_cast<int>(std::max_element(scores.data.int8, scores.data.int8 + classes) - scores.data.int8);
}

}  // namespace

// Runs once after reset: the interpreter and everything it needs, without a heap.
TfLiteStatus setup() {
  static tflite::MicroErrorReporter reporter;
  g_reporter = &reporter;

  const tflite::Model* model = tflite::GetModel(g_model);
  if (model->version() != TFLITE_SCHEMA_VERSION) {
    g_reporter->Report("model has schema version %d, expected %d", static_cast<int>(model->version()),
                       TFLITE_SCHEMA_VERSION);
    return kTfLiteError;
  }

  const int any = tflite::MicroOpResolverAnyVersion();
  static tflite::MicroMutableOpResolver<5> resolver(g_reporter);
  TF_LITE_ENSURE_STATUS(
      resolver.AddBuiltin(tflite::BuiltinOperator_CONV_2D, tflite::ops::micro::Register_CONV_2D(), any));
  TF_LITE_ENSURE_STATUS(resolver.AddBuiltin(tflite::BuiltinOperator_MAX_POOL_2D,
                                            tflite::ops::micro::Register_MAX_POOL_2D(), any));
  TF_LITE_ENSURE_STATUS(
      resolver.AddBuiltin(tflite::BuiltinOperator_RESHAPE, tflite::ops::micro::Register_RESHAPE(), any));
  TF_LITE_ENSURE_STATUS(resolver.AddBuiltin(tflite::BuiltinOperator_FULLY_CONNECTED,
                                            tflite::ops::micro::Register_FULLY_CONNECTED(), any));
  TF_LITE_ENSURE_STATUS(
      resolver.AddBuiltin(tflite::BuiltinOperator_SOFTMAX, tflite::ops::micro::Register_SOFTMAX(), any));

  static tflite::MicroInterpreter interpreter(model, resolver, g_arena, kArenaBytes, g_reporter);
  g_interpreter = &interpreter;
  TF_LITE_ENSURE_STATUS(interpreter.AllocateTensors());
  g_reporter->Report("model: %d bytes", static_cast<int>(g_model_len));
  g_reporter->Report("arena: %d of %d bytes", static_cast<int>(interpreter.arena_used_bytes()), kArenaBytes);
  return kTfLiteOk;
}

// Classifies one image. Sets `more` to false when there are no images left.
TfLiteStatus loop(bool* more) {
  static uint8_t pixels[kImageBytes];
  const ImageStatus status = GetImage(pixels);
  *more = status == ImageStatus::kOk;
  if (status == ImageStatus::kTruncated) {
    g_reporter->Report("the last image has less than %d bytes", kImageBytes);
    return kTfLiteError;
  }
  if (!*more) return kTfLiteOk;

  TfLiteTensor* input = g_interpreter->input(0);
  for (int i = 0; i < kImageBytes; ++i) input->data.int8[i] = QuantizePixel(pixels[i], input->params);
  TF_LITE_ENSURE_STATUS(g_interpreter->Invoke());
  std::printf("%d\n", TopClass(*g_interpreter->output(0)));
  return kTfLiteOk;
}

int main() {
  if (setup() != kTfLiteOk) return 1;
  for (bool more = true; more;) {
    if (loop(&more) != kTfLiteOk) return 1;
  }
  return 0;
}
