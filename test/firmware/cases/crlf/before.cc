#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

void Setup() {
	tflite::MicroMutableOpResolver<1> resolver;
	resolver.AddConv2D();
	Run(resolver);
}
