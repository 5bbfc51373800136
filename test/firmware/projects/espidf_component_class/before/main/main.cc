#include "nn.h"

extern "C" void app_main() {
  static Network network;
  ESP_ERROR_CHECK(network.Init() == kTfLiteOk ? ESP_OK : ESP_FAIL);
}
