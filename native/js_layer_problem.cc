#include "js_layer_problem.h"

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

LayerProblem ReadProblem(const Napi::Object& request) {
  LayerProblem problem;
  problem.order = Int(request, "order");
  problem.count = Number(request, "count");
  problem.rows = Int(request, "rows");
  problem.bundle = Int(request, "bundle");
  const View<int32_t> offsets = Int32s(request, "offsets");
  problem.offsets.assign(offsets.data, offsets.data + offsets.size);
  const View<double> moments = Doubles(request, "moments");
  const View<double> weights = Doubles(request, "weights");
  const Bytes keep = ByteView(request, "keep");
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
  const LayerProblem problem = ReadProblem(request);
  const View<double> prices = Doubles(request, "prices");
  if (prices.size != static_cast<size_t>(problem.rows)) {
    throw Fault("PROBLEM_SHAPE", "there must be one price per row");
  }
  const RemovalCurves curves = RemoveGroups(problem, prices.data);
  Napi::Object result = Napi::Object::New(request.Env());
  result.Set("order", ToArray(request.Env(), curves.order));
  result.Set("loss", ToArray(request.Env(), curves.loss));
  return result;
}

Napi::Value SolveMaskedOf(const Napi::Object& request) {
  const LayerProblem problem = ReadProblem(request);
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
