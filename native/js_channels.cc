#include "js_channels.h"

#include "js_network.h"
#include "js_values.h"
#include "network/channel_independence.h"

namespace dtmm {
namespace js {

Napi::Value ChannelIndependenceOf(const Napi::Object& request) {
  const Napi::Env env = request.Env();
  const auto scores = ChannelIndependence(ReadNetwork(Object(request, "network")), Ints(request, "tensors"),
                                          Ints(request, "channels"), ByteView(request, "inputs"),
                                          Size(request, "samples"), Size(request, "threads"));
  Napi::Array lists = Napi::Array::New(env, scores.size());
  for (uint32_t i = 0; i < scores.size(); ++i) lists.Set(i, ToArray(env, scores[i]));
  Napi::Object result = Napi::Object::New(env);
  result.Set("scores", lists);
  return result;
}

}  // namespace js
}  // namespace dtmm
