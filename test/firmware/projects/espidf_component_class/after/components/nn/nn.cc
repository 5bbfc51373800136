#include "nn.h"

#include "esp_heap_caps.h"
#include "esp_log.h"
#include "model_data.h"
// dtmm:begin include sha256:010dc7f497e7
#include "dtmm_filterlet_conv_2d.h"
#include "dtmm_block_fully_connected.h"
// dtmm:end include

#define RETURN_IF_ERROR(expr)          \
  do {                                 \
    if ((expr) != kTfLiteOk) {         \
      ESP_LOGE(TAG, "%s failed", #expr); \
      return kTfLiteError;             \
    }                                  \
  } while (0)

static const char* TAG = "nn";

TfLiteStatus Network::Init() {
  /*dtmm:drop 805d94e02720 RETURN_IF_ERROR(resolver_.AddConv2D());*/
  /*dtmm:drop 14d8710edb91 RETURN_IF_ERROR(resolver_.AddFullyConnected());*/
  RETURN_IF_ERROR(resolver_.AddSoftmax());
  // dtmm:begin register sha256:2ad70bf04f71
  RETURN_IF_ERROR(resolver_.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D()));
  RETURN_IF_ERROR(resolver_.AddCustom(dtmm::kBlockFullyConnectedName, dtmm::RegisterBlockFullyConnected()));
  // dtmm:end register
  constexpr int kArenaBytes = 96 * 1024;
  auto* arena = static_cast<uint8_t*>(heap_caps_malloc(kArenaBytes, MALLOC_CAP_SPIRAM));
  interpreter_ = new tflite::MicroInterpreter(tflite::GetModel(g_model), resolver_, arena, kArenaBytes);
  return interpreter_->AllocateTensors();
}
