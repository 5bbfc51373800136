// Reads int8 inputs from standard input and writes the model's outputs to standard output.

#include <cstdint>
#include <cstdio>

#include "model_data.h"
#include "tensorflow/lite/micro/kernels/all_ops_resolver.h"
#include "tensorflow/lite/micro/micro_error_reporter.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/schema/schema_generated.h"

extern "C" void DebugLog(const char* text) { std::fputs(text, stderr); }

namespace {
alignas(16) uint8_t arena[128 * 1024];
}

int main() {
  static tflite::MicroErrorReporter reporter;
  static tflite::ops::micro::AllOpsResolver resolver;
  static tflite::MicroInterpreter interpreter(tflite::GetModel(g_model), resolver, arena, sizeof(arena),
                                              &reporter);
  if (interpreter.AllocateTensors() != kTfLiteOk) return 1;
  std::fprintf(stderr, "model: %d bytes\n", g_model_len);
  TfLiteTensor* input = interpreter.input(0);
  while (std::fread(input->data.raw, 1, input->bytes, stdin) == input->bytes) {
    if (interpreter.Invoke() != kTfLiteOk) return 1;
    const TfLiteTensor* output = interpreter.output(0);
    std::fwrite(output->data.raw, 1, output->bytes, stdout);
  }
  return 0;
}
