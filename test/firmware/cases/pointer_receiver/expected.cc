#include "esp_log.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

static const char* TAG = "kws";
static tflite::MicroMutableOpResolver</*dtmm:was 2 +1*/3>* resolver = nullptr;

void kws_setup(void) {
    static tflite::MicroMutableOpResolver</*dtmm:was 2 +1*/3> instance;
    resolver = &instance;
    RETURN_IF_ERROR(resolver->AddConv2D());
    RETURN_IF_ERROR(resolver->AddSoftmax());
    // dtmm:begin register sha256:8b314a73a0c8
    RETURN_IF_ERROR(resolver->AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D()));
    // dtmm:end register
    ESP_LOGI(TAG, "ready");
}
