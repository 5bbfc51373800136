#include "js_layer_problem.h"

#include <optional>

#include "fault.h"
#include "js_values.h"
#include "obs.h"
#include "solve.h"

namespace dtmm {
namespace js {
namespace {

bool OffsetsFit(const std::vector<int>& offsets, int end) {
  if (offsets.size() < 2 || offsets.front() != 0 || offsets.back() != end) return false;
  for (size_t i = 1; i < offsets.size(); ++i) {
    if (offsets[i] <= offsets[i - 1]) return false;
  }
  return true;
}

// `inputs` has the moments, `filters` all that is of the filters.
LayerProblem ReadProblem(const Napi::Object& inputs, const Napi::Object& filters) {
  LayerProblem problem;
  problem.order = Int(inputs, "order");
  problem.count = Number(inputs, "count");
  problem.rows = Int(filters, "rows");
  problem.bundle = Int(filters, "bundle");
  const View<int32_t> offsets = Int32s(filters, "offsets");
  problem.offsets.assign(offsets.data, offsets.data + offsets.size);
  const View<double> moments = Doubles(inputs, "moments");
  const View<double> weights = Doubles(filters, "weights");
  const Bytes keep = ByteView(filters, "keep");
  const auto order = static_cast<size_t>(problem.order);
  const bool fits = problem.order > 1 && problem.rows >= 0 && problem.bundle > 0 && problem.count > 0 &&
                    OffsetsFit(problem.offsets, problem.order - 1) && moments.size == order * order &&
                    weights.size == order * static_cast<size_t>(problem.rows) &&
                    keep.size == static_cast<size_t>(problem.Bundles()) * (problem.offsets.size() - 1);
  if (!fits) throw Fault("PROBLEM_SHAPE", "moments, weights, groups and mask do not fit together");
  problem.moments = moments.data;
  problem.weights = weights.data;
  problem.keep = keep.data;
  return problem;
}

}  // namespace

Napi::Value RemoveGroupsOf(const Napi::Object& request) {
  const Napi::Env env = request.Env();
  const Napi::Array cuts = Array(request, "cuts");
  std::optional<Curvature> curvature;
  Napi::Array all = Napi::Array::New(env, cuts.Length());
  for (uint32_t i = 0; i < cuts.Length(); ++i) {
    const auto cut = cuts.Get(i).As<Napi::Object>();
    const LayerProblem problem = ReadProblem(request, cut);
    const View<double> prices = Doubles(cut, "prices");
    if (prices.size != static_cast<size_t>(problem.rows)) {
      throw Fault("PROBLEM_SHAPE", "there must be one price per row");
    }
    if (!curvature) curvature.emplace(problem);
    const RemovalCurves curves = RemoveGroups(problem, prices.data, &*curvature);
    Napi::Object result = Napi::Object::New(env);
    result.Set("order", ToArray(env, curves.order));
    result.Set("loss", ToArray(env, curves.loss));
    all.Set(i, result);
  }
  Napi::Object result = Napi::Object::New(env);
  result.Set("curves", all);
  return result;
}

Napi::Value SolveMaskedOf(const Napi::Object& request) {
  const LayerProblem problem = ReadProblem(request, request);
  SolveRequest solve;
  const View<double> cross = Doubles(request, "cross");
  if (cross.size > 0) {
    if (cross.size != static_cast<size_t>(problem.rows) * static_cast<size_t>(problem.order)) {
      throw Fault("PROBLEM_SHAPE", "cross moments do not fit the rows");
    }
    solve.cross = cross.data;
  }
  solve.limit = Int(request, "limit");
  solve.rescale = Int(request, "rescale") != 0;
  const Solution solution = SolveMasked(problem, solve);
  Napi::Object result = Napi::Object::New(request.Env());
  result.Set("weights", ToArray(request.Env(), solution.weights));
  result.Set("ratio", ToArray(request.Env(), solution.ratio));
  return result;
}

}  // namespace js
}  // namespace dtmm
