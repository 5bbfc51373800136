#include "js_statistics.h"

#include <memory>

#include "fault.h"
#include "js_network.h"
#include "js_values.h"
#include "statistics.h"

namespace dtmm {
namespace js {
namespace {

// One session per process: workers answer one job at a time.
std::unique_ptr<Statistics> session;

StatisticsPlan ReadPlan(const Napi::Object& request) {
  return {ReadNetwork(Object(request, "network")), Ints(request, "observed"), Size(request, "draws")};
}

Statistics* OpenSession() {
  if (!session) throw Fault("STATISTICS_CLOSED", "no statistics session is open in this process");
  return session.get();
}

}  // namespace

Napi::Value OpenStatistics(const Napi::Object& request) {
  session.reset();
  session = std::make_unique<Statistics>(ByteView(request, "model"), Size(request, "arenaBytes"),
                                         ReadPlan(request));
  return Napi::Object::New(request.Env());
}

Napi::Value AddStatistics(const Napi::Object& request) {
  const auto seed = static_cast<uint64_t>(Size(request, "seed"));
  const auto squared = OpenSession()->Add(ByteView(request, "inputs"), Size(request, "samples"), seed,
                                          Size(request, "firstSample"));
  Napi::Array layers = Napi::Array::New(request.Env(), squared.size());
  for (uint32_t i = 0; i < squared.size(); ++i) layers.Set(i, ToArray(request.Env(), squared[i]));
  Napi::Object result = Napi::Object::New(request.Env());
  result.Set("squaredGradients", layers);
  return result;
}

Napi::Value CloseStatistics(const Napi::Object& request) {
  const Napi::Env env = request.Env();
  std::vector<PatchMoments>& moments = OpenSession()->moments();
  Napi::Array layers = Napi::Array::New(env, moments.size());
  for (uint32_t i = 0; i < moments.size(); ++i) {
    Napi::Object layer = Napi::Object::New(env);
    layer.Set("sums", ToArray(env, moments[i].Sums()));
    layer.Set("count", moments[i].Count());
    layers.Set(i, layer);
  }
  session.reset();
  Napi::Object result = Napi::Object::New(env);
  result.Set("moments", layers);
  return result;
}

}  // namespace js
}  // namespace dtmm
