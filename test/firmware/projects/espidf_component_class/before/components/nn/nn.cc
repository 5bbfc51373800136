#include "nn.h"

#include "esp_heap_caps.h"
#include "esp_log.h"
#include "model_data.h"

#define RETURN_IF_ERROR(expr)          \
  do {                                 \
    if ((expr) != kTfLiteOk) {         \
      ESP_LOGE(TAG, "%s failed", #expr); \
      return kTfLiteError;             \
    }                                  \
  } while (0)

static const char* TAG = "nn";

TfLiteStatus Network::Init() {
  RETURN_IF_ERROR(resolver_.AddConv2D());
  RETURN_IF_ERROR(resolver_.AddFullyConnected());
  RETURN_IF_ERROR(resolver_.AddSoftmax());
  constexpr int kArenaBytes = 96 * 1024;
  auto* arena = static_cast<uint8_t*>(heap_caps_malloc(kArenaBytes, MALLOC_CAP_SPIRAM));
  interpreter_ = new tflite::MicroInterpreter(tflite::GetModel(g_model), resolver_, arena, kArenaBytes);
  return interpreter_->AllocateTensors();
}
