#include "js_refit.h"

#include <memory>

#include "fault.h"
#include "js_network.h"
#include "js_values.h"
#include "network/refit_pass.h"

namespace dtmm {
namespace js {
namespace {

std::unique_ptr<RefitPass> pass;

RefitPass* OpenPass() {
  if (!pass) throw Fault("REFIT_CLOSED", "no refit pass is open in this process");
  return pass.get();
}

Napi::Value Nothing(const Napi::Object& request) { return Napi::Object::New(request.Env()); }

}  // namespace

Napi::Value OpenRefit(const Napi::Object& request) {
  pass.reset();
  pass = std::make_unique<RefitPass>(ReadNetwork(Object(request, "network")), ByteView(request, "inputs"),
                                     Size(request, "samples"), Size(request, "threads"));
  return Nothing(request);
}

Napi::Value RestartRefit(const Napi::Object& request) {
  OpenPass()->Restart();
  return Nothing(request);
}

Napi::Value CollectRefit(const Napi::Object& request) {
  const RefitMoments moments = OpenPass()->Collect(Size(request, "operator"));
  Napi::Object result = Napi::Object::New(request.Env());
  result.Set("sums", ToArray(request.Env(), moments.sums));
  result.Set("cross", ToArray(request.Env(), moments.cross));
  result.Set("count", moments.count);
  return result;
}

Napi::Value SetRefitLayer(const Napi::Object& request) {
  OpenPass()->SetLayer(Size(request, "operator"), FloatVector(request, "filter"),
                       FloatVector(request, "bias"));
  return Nothing(request);
}

Napi::Value RefitGradients(const Napi::Object& request) {
  const auto squared =
      OpenPass()->SquaredGradients(Ints(request, "observed"), Size(request, "draws"), Size(request, "seed"));
  Napi::Array layers = Napi::Array::New(request.Env(), squared.size());
  for (uint32_t i = 0; i < squared.size(); ++i) layers.Set(i, ToArray(request.Env(), squared[i]));
  Napi::Object result = Napi::Object::New(request.Env());
  result.Set("squaredGradients", layers);
  return result;
}

Napi::Value CloseRefit(const Napi::Object& request) {
  pass.reset();
  return Nothing(request);
}

}  // namespace js
}  // namespace dtmm
