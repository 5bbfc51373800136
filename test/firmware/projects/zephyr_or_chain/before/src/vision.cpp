#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>

#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

LOG_MODULE_REGISTER(vision, LOG_LEVEL_INF);

static tflite::MicroMutableOpResolver<4> ops;

int vision_init(void)
{
	if (ops.AddReshape() != kTfLiteOk || ops.AddConv2D() != kTfLiteOk ||
	    ops.AddMean() != kTfLiteOk || ops.AddSoftmax() != kTfLiteOk) {
		LOG_ERR("cannot register ops");
		return -ENOMEM;
	}
	LOG_INF("ops ready");
	return 0;
}
