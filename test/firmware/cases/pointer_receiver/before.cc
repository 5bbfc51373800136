#include "esp_log.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

static const char* TAG = "kws";
static tflite::MicroMutableOpResolver<2>* resolver = nullptr;

void kws_setup(void) {
    static tflite::MicroMutableOpResolver<2> instance;
    resolver = &instance;
    RETURN_IF_ERROR(resolver->AddConv2D());
    RETURN_IF_ERROR(resolver->AddSoftmax());
    ESP_LOGI(TAG, "ready");
}
