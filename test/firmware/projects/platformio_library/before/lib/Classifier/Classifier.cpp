#include "Classifier.h"

bool Classifier::begin(const unsigned char *model) {
    bool ok = true;
    ok &= _resolver.AddConv2D() == kTfLiteOk;
    ok &= _resolver.AddMaxPool2D() == kTfLiteOk;
    ok &= _resolver.AddSoftmax() == kTfLiteOk;
    return ok && model != nullptr;
}
