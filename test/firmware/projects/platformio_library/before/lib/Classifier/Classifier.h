#ifndef CLASSIFIER_H
#define CLASSIFIER_H

#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

#define CLASSIFIER_OPS 3

class Classifier {
public:
    bool begin(const unsigned char *model);
    int classify(const int8_t *input);

private:
    tflite::MicroMutableOpResolver<CLASSIFIER_OPS> _resolver;
    tflite::MicroInterpreter *_interpreter = nullptr;
};

#endif
