#include "network/augment.h"

#include <algorithm>

namespace dtmm {

void Augment(const Augmentation& how, const float* sample, const float* other, RandomStream* random,
             float* out) {
  const bool flip = random->Uniform() < 0.5 && how.flip;
  const auto offset = [&] { return static_cast<int>(random->Uniform() * (2 * how.shift + 1)) - how.shift; };
  const int down = offset();
  const int right = offset();
  const bool blend = random->Uniform() < 0.5 && how.blend;
  const auto share = static_cast<float>(0.5 * random->Uniform());
  const auto channels = static_cast<size_t>(how.channels);
  for (int y = 0; y < how.height; ++y) {
    const int from_y = std::clamp(y - down, 0, how.height - 1);
    for (int x = 0; x < how.width; ++x) {
      const int moved = std::clamp(x - right, 0, how.width - 1);
      const int from_x = flip ? how.width - 1 - moved : moved;
      const float* from = sample + (static_cast<size_t>(from_y) * how.width + from_x) * channels;
      std::copy_n(from, channels, out + (static_cast<size_t>(y) * how.width + x) * channels);
    }
  }
  if (!blend) return;
  for (size_t i = 0; i < how.Size(); ++i) out[i] = (1 - share) * out[i] + share * other[i];
}

}  // namespace dtmm
