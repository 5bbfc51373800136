// Holds the optimiser, the augmentation and the loss of the training against plain references. Prints one
// line per check: name and value; what is expected stands in training-parts.test.ts.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "network/adam.h"
#include "network/augment.h"
#include "network/distil_loss.h"
#include "random.h"

using dtmm::Augmentation;
using dtmm::DistilLoss;
using dtmm::LossKind;
using dtmm::RandomStream;
using Values = std::vector<float>;

static RandomStream stream(42);

static Values Random(size_t size) {
  Values values(size);
  for (float& v : values) v = static_cast<float>(stream.Uniform() * 2 - 1);
  return values;
}

static void Print(const std::string& name, double value) { std::printf("%s %.9g\n", name.c_str(), value); }

// --- Adam, as the paper's algorithm 1 has it, in double precision ---

static void CheckAdam() {
  constexpr size_t kSize = 5;
  dtmm::Adam adam(kSize);
  Values parameters(kSize, 0.5f);
  std::vector<double> expected(kSize, 0.5), mean(kSize), square(kSize);
  double worst = 0;
  for (int step = 1; step <= 40; ++step) {
    Values gradient = Random(kSize);
    gradient[0] = 0;       // never moves
    gradient[1] *= 1e-6f;  // moves as far as the others: the method does not see the size of gradients
    const double rate = 0.01 / step;
    adam.Update(gradient, rate, static_cast<size_t>(step), &parameters);
    for (size_t i = 0; i < kSize; ++i) {
      mean[i] = 0.9 * mean[i] + 0.1 * gradient[i];
      square[i] = 0.999 * square[i] + 0.001 * double(gradient[i]) * gradient[i];
      const double root = std::sqrt(square[i] / (1 - std::pow(0.999, step)));
      expected[i] -= rate * mean[i] / (1 - std::pow(0.9, step)) / (root + 1e-12);
      worst = std::max(worst, std::fabs(expected[i] - parameters[i]));
    }
  }
  Print("adam", worst);
  Print("adam-without-gradient", parameters[0] - 0.5);

  dtmm::Adam first(2);
  Values moved(2);
  first.Update({3e-8f, -20.0f}, 0.25, 1, &moved);
  Print("adam-first-step", std::max(std::fabs(moved[0] + 0.25), std::fabs(moved[1] - 0.25)));
}

// --- Augmentation ---

static constexpr int kHeight = 5, kWidth = 4, kChannels = 2;

static Augmentation Image() {
  Augmentation how;
  how.height = kHeight;
  how.width = kWidth;
  how.channels = kChannels;
  return how;
}

// The sample moved down and to the right, its border repeated, after a flip where one is asked for.
static Values Moved(const Values& sample, bool flip, int down, int right) {
  Values out;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const int row = std::min(std::max(y - down, 0), kHeight - 1);
      const int column = std::min(std::max(x - right, 0), kWidth - 1);
      const int from = flip ? kWidth - 1 - column : column;
      for (int c = 0; c < kChannels; ++c) out.push_back(sample[(row * kWidth + from) * kChannels + c]);
    }
  }
  return out;
}

static Values Augmented(const Augmentation& how, const Values& sample, const Values& other,
                        RandomStream* random) {
  Values out(how.Size(), 100.0f);
  dtmm::Augment(how, sample.data(), other.data(), random, out.data());
  return out;
}

static void CheckAugmentation() {
  constexpr int kDraws = 600;
  const Values sample = Random(Image().Size());
  const Values other = Random(Image().Size());
  RandomStream random(7);
  Print("augment-none-changed", Augmented(Image(), sample, other, &random) != sample);

  Augmentation moving = Image();
  moving.flip = true;
  moving.shift = 2;
  int unexplained = 0, flipped = 0;
  std::set<std::pair<int, int>> offsets;
  for (int draw = 0; draw < kDraws; ++draw) {
    const Values out = Augmented(moving, sample, other, &random);
    bool found = false;
    for (int flip = 0; flip < 2; ++flip)
      for (int down = -2; down <= 2; ++down)
        for (int right = -2; right <= 2; ++right) {
          if (out != Moved(sample, flip, down, right)) continue;
          found = true;
          flipped += flip;
          offsets.insert({down, right});
        }
    unexplained += !found;
  }
  Print("augment-moved-unexplained", unexplained);
  Print("augment-flipped-share", double(flipped) / kDraws);
  Print("augment-offsets", double(offsets.size()));

  Augmentation blending = Image();
  blending.blend = true;
  int blended = 0;
  double largest = 0, worst = 0;
  for (int draw = 0; draw < kDraws; ++draw) {
    const Values out = Augmented(blending, sample, other, &random);
    const double share = (out[0] - sample[0]) / (other[0] - sample[0]);
    blended += share > 0;
    largest = std::max(largest, share);
    for (size_t i = 0; i < out.size(); ++i) {
      worst = std::max(worst, std::fabs((1 - share) * sample[i] + share * other[i] - out[i]));
    }
  }
  Print("augment-blended-share", double(blended) / kDraws);
  Print("augment-blend-largest", largest);
  Print("augment-blend", worst);

  // Whatever is asked for, the stream is left where it would have been.
  Augmentation everything = moving;
  everything.blend = true;
  RandomStream one(11), two(11), three(11);
  const Values once = Augmented(everything, sample, other, &one);
  const Values again = Augmented(everything, sample, other, &two);
  Augmented(Image(), sample, other, &three);
  const uint64_t next = one.Next();
  Print("augment-again-differs", once != again);
  Print("augment-draws-differ", next != two.Next() || next != three.Next());
}

// --- Loss ---

// The gradient, times a weight and on top of what is there, against central differences of the loss.
static double GradientError(const DistilLoss& loss, int label, bool with_teacher) {
  constexpr double kWeight = 0.5, kStep = 1.0 / 512;
  Values student = Random(loss.outputs);
  const Values teacher = Random(loss.outputs);
  const float* asked = with_teacher ? teacher.data() : nullptr;
  Values gradient(loss.outputs, 0.25f), ignored(loss.outputs);
  loss.Add(student.data(), asked, label, kWeight, gradient.data());
  double worst = 0;
  for (size_t i = 0; i < loss.outputs; ++i) {
    const float at = student[i];
    student[i] = at + float(kStep);
    const double above = loss.Add(student.data(), asked, label, 0, ignored.data());
    student[i] = at - float(kStep);
    const double below = loss.Add(student.data(), asked, label, 0, ignored.data());
    student[i] = at;
    const double slope = kWeight * (above - below) / (2 * kStep);
    worst = std::max(worst, std::fabs(slope + 0.25 - gradient[i]));
  }
  return worst;
}

static double LossOf(const DistilLoss& loss, const Values& student, const Values& teacher, int label) {
  Values ignored(loss.outputs);
  return loss.Add(student.data(), teacher.data(), label, 0, ignored.data());
}

static void CheckLoss() {
  DistilLoss loss;
  loss.outputs = 6;
  loss.beta = 1.5f;
  for (const double temperature : {1.0, 2.0, 4.0}) {
    loss.temperature = temperature;
    const std::string at = "loss-gradient-temperature" + std::to_string(int(temperature));
    loss.label_share = 0;
    Print(at, GradientError(loss, -1, true));
    loss.label_share = 0.3;
    Print(at + "-label", GradientError(loss, 2, true));
    Print(at + "-unlabelled", GradientError(loss, -1, true));
  }
  loss.label_share = 1;
  Print("loss-gradient-label-alone", GradientError(loss, 2, false));

  const Values student = {0.2f, -1, 0.7f, 0.1f, 0, 1};
  const Values teacher = {1, 0.5f, -0.5f, 0, 0.3f, -1};
  double sum = 0;
  for (const float v : student) sum += std::exp(1.5 * v);
  Print("loss-cross-entropy", LossOf(loss, student, teacher, 2) - (std::log(sum) - 1.5 * student[2]));
  loss.label_share = 0;
  loss.temperature = 4;
  Print("loss-of-the-teacher", LossOf(loss, teacher, teacher, 3));
  const double soft = LossOf(loss, student, teacher, -1);
  Print("loss-label-without-share", LossOf(loss, student, teacher, 3) - soft);
  loss.label_share = 0.25;
  const double mixed = LossOf(loss, student, teacher, 2);
  loss.label_share = 1;
  Print("loss-mixed", mixed - (0.75 * soft + 0.25 * LossOf(loss, student, teacher, 2)));
  // So softened, the divergence is half the squared distance of the logits less their means, over the
  // classes.
  DistilLoss hot = loss;
  hot.label_share = 0;
  hot.temperature = 1000;
  double mean = 0, squared = 0;
  for (size_t i = 0; i < 6; ++i) mean += (student[i] - teacher[i]) / 6;
  for (size_t i = 0; i < 6; ++i) squared += std::pow(1.5 * (student[i] - teacher[i] - mean), 2);
  Print("loss-hot", LossOf(hot, student, teacher, -1) / (squared / 12));

  DistilLoss values;
  values.kind = LossKind::kValues;
  values.outputs = 6;
  values.scale = 0.4;
  Print("loss-gradient-values", GradientError(values, -1, true));
  double error = 0;
  for (size_t i = 0; i < 6; ++i) error += std::pow(double(student[i]) - teacher[i], 2);
  Print("loss-values", LossOf(values, student, teacher, -1) - error / 0.4);
}

int main() {
  CheckAdam();
  CheckAugmentation();
  CheckLoss();
  return 0;
}
