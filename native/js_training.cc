#include "js_training.h"

#include <memory>

#include "fault.h"
#include "js_network.h"
#include "js_values.h"
#include "network/label_gradients.h"
#include "network/trainer.h"

namespace dtmm {
namespace js {
namespace {

std::unique_ptr<Trainer> trainer;

Trainer* OpenTrainer() {
  if (!trainer) throw Fault("TRAINING_CLOSED", "no training is open in this process");
  return trainer.get();
}

TrainedLayer ReadLayer(const Napi::Object& object) {
  TrainedLayer layer;
  layer.op = Size(object, "operator");
  layer.filter = FloatVector(object, "filter");
  layer.bias = FloatVector(object, "bias");
  layer.scales = FloatVector(object, "scales");
  const Bytes mask = ByteView(object, "mask");
  layer.mask.assign(mask.data, mask.data + mask.size);
  return layer;
}

Augmentation ReadAugmentation(const Napi::Object& object) {
  Augmentation how;
  how.height = Int(object, "height");
  how.width = Int(object, "width");
  how.channels = Int(object, "channels");
  how.flip = Int(object, "flip") != 0;
  how.shift = Int(object, "shift");
  how.blend = Int(object, "blend") != 0;
  return how;
}

}  // namespace

Napi::Value OpenTraining(const Napi::Object& request) {
  trainer.reset();
  TrainingPlan plan;
  plan.teacher = ReadNetwork(Object(request, "teacher"));
  plan.student = ReadNetwork(Object(request, "student"));
  const Napi::Array layers = Array(request, "layers");
  for (uint32_t i = 0; i < layers.Length(); ++i) {
    plan.layers.push_back(ReadLayer(layers.Get(i).As<Napi::Object>()));
  }
  plan.inputs = ByteView(request, "inputs");
  plan.samples = Size(request, "samples");
  plan.labels = Ints(request, "labels");
  plan.held_out = Size(request, "heldOut");
  plan.steps = Size(request, "steps");
  plan.batch = Size(request, "batch");
  plan.rate = Number(request, "rate");
  plan.temperature = Number(request, "temperature");
  plan.label_share = Number(request, "labelShare");
  plan.hint_share = Number(request, "hintShare");
  plan.augmentation = ReadAugmentation(Object(request, "augmentation"));
  plan.seed = Size(request, "seed");
  plan.threads = Size(request, "threads");
  trainer = std::make_unique<Trainer>(std::move(plan));
  return Napi::Object::New(request.Env());
}

Napi::Value Train(const Napi::Object& request) {
  Trainer* open = OpenTrainer();
  const size_t steps = Size(request, "steps");
  double loss = 0;
  for (size_t i = 0; i < steps; ++i) loss += open->Step();
  Napi::Object result = Napi::Object::New(request.Env());
  result.Set("loss", steps == 0 ? 0.0 : loss / static_cast<double>(steps));
  result.Set("stepsDone", static_cast<double>(open->StepsDone()));
  return result;
}

Napi::Value JudgeTraining(const Napi::Object& request) {
  const HeldOut judged = OpenTrainer()->Judge();
  Napi::Object result = Napi::Object::New(request.Env());
  result.Set("loss", judged.loss);
  result.Set("agreement", judged.agreement);
  result.Set("bestLoss", OpenTrainer()->BestLoss());
  return result;
}

Napi::Value SaveTraining(const Napi::Object& request) {
  Napi::Object result = Napi::Object::New(request.Env());
  result.Set("state", ToArray(request.Env(), OpenTrainer()->Save()));
  return result;
}

Napi::Value RestoreTraining(const Napi::Object& request) {
  OpenTrainer()->Restore(FloatVector(request, "state"));
  Napi::Object result = Napi::Object::New(request.Env());
  result.Set("stepsDone", static_cast<double>(OpenTrainer()->StepsDone()));
  return result;
}

Napi::Value LabelGradients(const Napi::Object& request) {
  const Napi::Env env = request.Env();
  const auto products = WeightTimesGradient(
      ReadNetwork(Object(request, "network")), Ints(request, "observed"), ByteView(request, "inputs"),
      Size(request, "samples"), Ints(request, "labels"), Size(request, "threads"));
  Napi::Array layers = Napi::Array::New(env, products.size());
  for (uint32_t i = 0; i < products.size(); ++i) layers.Set(i, ToArray(env, products[i]));
  Napi::Object result = Napi::Object::New(env);
  result.Set("products", layers);
  return result;
}

Napi::Value CloseTraining(const Napi::Object& request) {
  const Napi::Env env = request.Env();
  const std::vector<TrainedLayer>& best = OpenTrainer()->Best();
  Napi::Array layers = Napi::Array::New(env, best.size());
  for (uint32_t i = 0; i < best.size(); ++i) {
    Napi::Object layer = Napi::Object::New(env);
    layer.Set("filter", ToArray(env, best[i].filter));
    layer.Set("bias", ToArray(env, best[i].bias));
    layers.Set(i, layer);
  }
  trainer.reset();
  Napi::Object result = Napi::Object::New(env);
  result.Set("layers", layers);
  return result;
}

}  // namespace js
}  // namespace dtmm
