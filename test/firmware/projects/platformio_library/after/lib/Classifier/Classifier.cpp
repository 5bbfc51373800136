#include "Classifier.h"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

bool Classifier::begin(const unsigned char *model) {
    bool ok = true;
    ok &= _resolver.AddConv2D() == kTfLiteOk;
    ok &= _resolver.AddMaxPool2D() == kTfLiteOk;
    ok &= _resolver.AddSoftmax() == kTfLiteOk;
    // dtmm:begin register sha256:402153b9a88b
    ok &= _resolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D()) == kTfLiteOk;
    // dtmm:end register
    return ok && model != nullptr;
}
