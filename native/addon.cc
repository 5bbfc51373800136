// The addon's export table and the functions that only translate; lib/native/addon-types.ts is its type.
#include <napi.h>

#include "arena_map.h"
#include "fault.h"
#include "float_ranges.h"
#include "interpreter.h"
#include "js_channels.h"
#include "js_layer_problem.h"
#include "js_refit.h"
#include "js_statistics.h"
#include "js_training.h"
#include "js_values.h"
#include "runs.h"

namespace dtmm {
namespace js {
namespace {

Napi::Array DescribeEdges(Napi::Env env, const std::vector<EdgeTensor>& edges) {
  Napi::Array list = Napi::Array::New(env, edges.size());
  for (uint32_t i = 0; i < edges.size(); ++i) {
    Napi::Array shape = Napi::Array::New(env, edges[i].shape.size());
    for (uint32_t d = 0; d < edges[i].shape.size(); ++d) shape.Set(d, edges[i].shape[d]);
    Napi::Object edge = Napi::Object::New(env);
    edge.Set("type", edges[i].type);
    edge.Set("shape", shape);
    edge.Set("bytes", static_cast<double>(edges[i].bytes));
    edge.Set("scale", edges[i].scale);
    edge.Set("zeroPoint", edges[i].zero_point);
    list.Set(i, edge);
  }
  return list;
}

Napi::Value TreeFacts(const Napi::Object& request) {
  Napi::Object facts = Napi::Object::New(request.Env());
  facts.Set("operators", TreeOperators());
  facts.Set("registration", RegistrationName());
  return facts;
}

Napi::Value InspectModel(const Napi::Object& request) {
  const Napi::Env env = request.Env();
  const Bytes model = ByteView(request, "model");
  const Interpreter interpreter(model.data, model.size, Size(request, "arenaBytes"));
  Napi::Object facts = Napi::Object::New(env);
  facts.Set("arenaBytes", static_cast<double>(interpreter.ArenaUsedBytes()));
  facts.Set("inputs", DescribeEdges(env, interpreter.Inputs()));
  facts.Set("outputs", DescribeEdges(env, interpreter.Outputs()));
  return facts;
}

Napi::Value ArenaMapOf(const Napi::Object& request) {
  const Napi::Env env = request.Env();
  const ArenaMap map = MapArena(ByteView(request, "model"), Size(request, "arenaBytes"));
  Napi::Array tensors = Napi::Array::New(env, map.tensors.size());
  for (uint32_t i = 0; i < map.tensors.size(); ++i) {
    Napi::Object tensor = Napi::Object::New(env);
    tensor.Set("tensor", map.tensors[i].tensor);
    tensor.Set("offset", static_cast<double>(map.tensors[i].offset));
    tensor.Set("bytes", static_cast<double>(map.tensors[i].bytes));
    tensors.Set(i, tensor);
  }
  Napi::Object result = Napi::Object::New(env);
  result.Set("arenaBytes", static_cast<double>(map.arena_bytes));
  result.Set("tensors", tensors);
  return result;
}

Samples ReadSamples(const Napi::Object& request) {
  const size_t tree_samples = request.Has("treeSamples") ? Size(request, "treeSamples") : 0;
  return {ByteView(request, "inputs"), Size(request, "samples"), tree_samples};
}

Napi::Value Run(const Napi::Object& request) {
  const RunOutcome outcome =
      RunModel(ByteView(request, "model"), Size(request, "arenaBytes"), ReadSamples(request));
  Napi::Object result = Napi::Object::New(request.Env());
  result.Set("outputs", ToArray(request.Env(), outcome.outputs));
  result.Set("arenaBytes", static_cast<double>(outcome.arena_bytes));
  result.Set("hostOperators", ToArray(request.Env(), outcome.host_operators));
  result.Set("strays", ToArray(request.Env(), outcome.strays));
  return result;
}

Napi::Value Compare(const Napi::Object& request) {
  const CompareOutcome outcome = CompareModels(ByteView(request, "reference"), ByteView(request, "candidate"),
                                               Size(request, "arenaBytes"), ReadSamples(request));
  Napi::Object result = Napi::Object::New(request.Env());
  result.Set("outputs", ToArray(request.Env(), outcome.outputs));
  result.Set("differingBytes", ToArray(request.Env(), outcome.differing_bytes));
  result.Set("referenceArenaBytes", static_cast<double>(outcome.reference_arena_bytes));
  result.Set("candidateArenaBytes", static_cast<double>(outcome.candidate_arena_bytes));
  result.Set("strays", ToArray(request.Env(), outcome.strays));
  return result;
}

Napi::Value FloatRanges(const Napi::Object& request) {
  const Napi::Env env = request.Env();
  ActivationRequest wanted;
  wanted.tensors = Ints(request, "tensors");
  wanted.channels = Ints(request, "channels");
  wanted.bounds = FloatVector(request, "bounds");
  const auto found = ObserveActivations(ByteView(request, "model"), Size(request, "arenaBytes"),
                                        ReadSamples(request), wanted);
  Napi::Array activations = Napi::Array::New(env, found.size());
  for (uint32_t i = 0; i < found.size(); ++i) {
    Napi::Object activation = Napi::Object::New(env);
    activation.Set("min", found[i].min);
    activation.Set("max", found[i].max);
    activation.Set("channelSums", ToArray(env, found[i].channel_sums));
    activation.Set("channelLargest", ToArray(env, found[i].channel_largest));
    activation.Set("histogram", ToArray(env, found[i].histogram));
    activations.Set(i, activation);
  }
  Napi::Object result = Napi::Object::New(env);
  result.Set("activations", activations);
  return result;
}

// Wraps a function of one request object: C++ errors become JavaScript Errors with a code.
template <Napi::Value (*kFunction)(const Napi::Object&)>
Napi::Value Call(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  try {
    if (info.Length() != 1 || !info[0].IsObject())
      throw Napi::TypeError::New(env, "expected one request object");
    return kFunction(info[0].As<Napi::Object>());
  } catch (const Fault& fault) {
    Napi::Error error = Napi::Error::New(env, fault.what());
    error.Set("code", Napi::String::New(env, fault.code()));
    throw error;
  } catch (const Napi::Error&) {
    throw;
  } catch (const std::bad_alloc&) {
    Napi::Error error = Napi::Error::New(env, "out of memory");
    error.Set("code", Napi::String::New(env, "OUT_OF_MEMORY"));
    throw error;
  } catch (const std::exception& unexpected) {
    Napi::Error error = Napi::Error::New(env, unexpected.what());
    error.Set("code", Napi::String::New(env, "NATIVE_ERROR"));
    throw error;
  }
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("treeFacts", Napi::Function::New(env, Call<TreeFacts>));
  exports.Set("inspectModel", Napi::Function::New(env, Call<InspectModel>));
  exports.Set("arenaMap", Napi::Function::New(env, Call<ArenaMapOf>));
  exports.Set("floatRanges", Napi::Function::New(env, Call<FloatRanges>));
  exports.Set("runModel", Napi::Function::New(env, Call<Run>));
  exports.Set("compareModels", Napi::Function::New(env, Call<Compare>));
  exports.Set("openStatistics", Napi::Function::New(env, Call<OpenStatistics>));
  exports.Set("addStatistics", Napi::Function::New(env, Call<AddStatistics>));
  exports.Set("closeStatistics", Napi::Function::New(env, Call<CloseStatistics>));
  exports.Set("removeGroups", Napi::Function::New(env, Call<RemoveGroupsOf>));
  exports.Set("solveMasked", Napi::Function::New(env, Call<SolveMaskedOf>));
  exports.Set("openRefit", Napi::Function::New(env, Call<OpenRefit>));
  exports.Set("restartRefit", Napi::Function::New(env, Call<RestartRefit>));
  exports.Set("collectRefit", Napi::Function::New(env, Call<CollectRefit>));
  exports.Set("setRefitLayer", Napi::Function::New(env, Call<SetRefitLayer>));
  exports.Set("refitGradients", Napi::Function::New(env, Call<RefitGradients>));
  exports.Set("closeRefit", Napi::Function::New(env, Call<CloseRefit>));
  exports.Set("labelGradients", Napi::Function::New(env, Call<LabelGradients>));
  exports.Set("channelIndependence", Napi::Function::New(env, Call<ChannelIndependenceOf>));
  exports.Set("openTraining", Napi::Function::New(env, Call<OpenTraining>));
  exports.Set("train", Napi::Function::New(env, Call<Train>));
  exports.Set("judgeTraining", Napi::Function::New(env, Call<JudgeTraining>));
  exports.Set("saveTraining", Napi::Function::New(env, Call<SaveTraining>));
  exports.Set("restoreTraining", Napi::Function::New(env, Call<RestoreTraining>));
  exports.Set("closeTraining", Napi::Function::New(env, Call<CloseTraining>));
  return exports;
}

}  // namespace
}  // namespace js
}  // namespace dtmm

static Napi::Object InitAddon(Napi::Env env, Napi::Object exports) { return dtmm::js::Init(env, exports); }

NODE_API_MODULE(dtmm, InitAddon)
