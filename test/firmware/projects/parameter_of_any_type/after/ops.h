#pragma once
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

template <typename Resolver>
TfLiteStatus RegisterOps(Resolver& resolver) {
  TF_LITE_ENSURE_STATUS(resolver.AddConv2D());
  TF_LITE_ENSURE_STATUS(resolver.AddSoftmax());
  // dtmm:begin register sha256:3b26b31d1f25
  TF_LITE_ENSURE_STATUS(resolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D()));
  // dtmm:end register
  return kTfLiteOk;
}

template <typename List>
void Fill(List& list) {
  list.AddItem(1);
}
