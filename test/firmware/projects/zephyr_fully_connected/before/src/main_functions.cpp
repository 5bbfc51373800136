#include "main_functions.h"

#include <tensorflow/lite/micro/micro_mutable_op_resolver.h>
#include <tensorflow/lite/micro/micro_interpreter.h>
#include <tensorflow/lite/schema/schema_generated.h>
#include "model.hpp"

namespace
{
const tflite::Model *model = nullptr;
tflite::MicroInterpreter *interpreter = nullptr;
constexpr int kTensorArenaSize = 2000;
uint8_t tensor_arena[kTensorArenaSize];
} /* namespace */

void setup(void)
{
	model = tflite::GetModel(g_model);

	/* This pulls in the operation implementations we need. */
	static tflite::MicroMutableOpResolver<1> resolver;
	resolver.AddFullyConnected();

	static tflite::MicroInterpreter static_interpreter(model, resolver, tensor_arena, kTensorArenaSize);
	interpreter = &static_interpreter;
	interpreter->AllocateTensors();
}

void loop(void)
{
	interpreter->Invoke();
}
