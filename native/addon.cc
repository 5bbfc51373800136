// The addon's export table and the functions that only translate; lib/native/addon-types.ts is its type.
#include <napi.h>

#include "fault.h"
#include "interpreter.h"
#include "js_statistics.h"
#include "js_values.h"
#include "obs.h"
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

Napi::Value Run(const Napi::Object& request) {
  const RunOutcome outcome = RunModel(ByteView(request, "model"), Size(request, "arenaBytes"),
                                      ByteView(request, "inputs"), Size(request, "samples"));
  Napi::Object result = Napi::Object::New(request.Env());
  result.Set("outputs", ToArray(request.Env(), outcome.outputs));
  result.Set("arenaBytes", static_cast<double>(outcome.arena_bytes));
  return result;
}

Napi::Value Compare(const Napi::Object& request) {
  const CompareOutcome outcome =
      CompareModels(ByteView(request, "reference"), ByteView(request, "candidate"),
                    Size(request, "arenaBytes"), ByteView(request, "inputs"), Size(request, "samples"));
  Napi::Object result = Napi::Object::New(request.Env());
  result.Set("outputs", ToArray(request.Env(), outcome.outputs));
  result.Set("differingBytes", ToArray(request.Env(), outcome.differing_bytes));
  result.Set("referenceArenaBytes", static_cast<double>(outcome.reference_arena_bytes));
  result.Set("candidateArenaBytes", static_cast<double>(outcome.candidate_arena_bytes));
  return result;
}

// A LayerProblem with its weights, lengths checked.
struct ProblemRequest {
  LayerProblem problem;
  const double* weights = nullptr;
  int rows = 0;
  int groups = 0;
  int group_size = 0;
};

ProblemRequest ReadProblem(const Napi::Object& request) {
  ProblemRequest r;
  r.problem.order = Int(request, "order");
  r.problem.count = Number(request, "count");
  r.rows = Int(request, "rows");
  r.groups = Int(request, "groups");
  r.group_size = Int(request, "groupSize");
  const View<double> moments = Doubles(request, "moments");
  const View<double> weights = Doubles(request, "weights");
  const auto order = static_cast<size_t>(r.problem.order);
  const bool fits = r.problem.order > 1 && r.rows >= 0 && r.groups > 0 && r.group_size > 0 &&
                    r.problem.count > 0 && moments.size == order * order &&
                    weights.size == order * static_cast<size_t>(r.rows) &&
                    static_cast<size_t>(r.groups) * static_cast<size_t>(r.group_size) + 1 == order;
  if (!fits) throw Fault("PROBLEM_SHAPE", "moments, weights and groups do not fit together");
  r.problem.moments = moments.data;
  r.weights = weights.data;
  return r;
}

Napi::Value Remove(const Napi::Object& request) {
  const ProblemRequest r = ReadProblem(request);
  const RemovalCurves curves = RemoveGroups(r.problem, r.weights, r.rows, r.groups, r.group_size);
  Napi::Object result = Napi::Object::New(request.Env());
  result.Set("order", ToArray(request.Env(), curves.order));
  result.Set("loss", ToArray(request.Env(), curves.loss));
  return result;
}

Napi::Value Solve(const Napi::Object& request) {
  const ProblemRequest r = ReadProblem(request);
  const Bytes keep = ByteView(request, "keep");
  if (keep.size != static_cast<size_t>(r.rows) * static_cast<size_t>(r.groups)) {
    throw Fault("PROBLEM_SHAPE", "the mask does not fit rows and groups");
  }
  const std::vector<double> weights =
      SolveMasked(r.problem, r.weights, keep.data, r.rows, r.groups, r.group_size, Int(request, "limit"));
  Napi::Object result = Napi::Object::New(request.Env());
  result.Set("weights", ToArray(request.Env(), weights));
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
  exports.Set("runModel", Napi::Function::New(env, Call<Run>));
  exports.Set("compareModels", Napi::Function::New(env, Call<Compare>));
  exports.Set("openStatistics", Napi::Function::New(env, Call<OpenStatistics>));
  exports.Set("addStatistics", Napi::Function::New(env, Call<AddStatistics>));
  exports.Set("closeStatistics", Napi::Function::New(env, Call<CloseStatistics>));
  exports.Set("removeGroups", Napi::Function::New(env, Call<Remove>));
  exports.Set("solveMasked", Napi::Function::New(env, Call<Solve>));
  return exports;
}

}  // namespace
}  // namespace js
}  // namespace dtmm

static Napi::Object InitAddon(Napi::Env env, Napi::Object exports) { return dtmm::js::Init(env, exports); }

NODE_API_MODULE(dtmm, InitAddon)
