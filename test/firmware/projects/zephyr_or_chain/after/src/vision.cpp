#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>

#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

LOG_MODULE_REGISTER(vision, LOG_LEVEL_INF);

static tflite::MicroMutableOpResolver<4> ops;

int vision_init(void)
{
	if (ops.AddReshape() != kTfLiteOk || /*dtmm:drop-call f9dea4533d75 ops.AddConv2D()*/kTfLiteOk != kTfLiteOk ||
	    ops.AddMean() != kTfLiteOk || ops.AddSoftmax() != kTfLiteOk) {
		LOG_ERR("cannot register ops");
		return -ENOMEM;
	}
	// dtmm:begin register sha256:a10c51d179b2
	if (ops.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D()) != kTfLiteOk) {
		LOG_ERR("cannot register ops");
		return -ENOMEM;
	}
	// dtmm:end register
	LOG_INF("ops ready");
	return 0;
}
