#pragma once

template <typename Resolver>
TfLiteStatus RegisterOps(Resolver& resolver) {
  TF_LITE_ENSURE_STATUS(resolver.AddConv2D());
  TF_LITE_ENSURE_STATUS(resolver.AddSoftmax());
  return kTfLiteOk;
}

template <typename List>
void Fill(List& list) {
  list.AddItem(1);
}
