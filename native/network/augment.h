// Random variations of image inputs; the dense network labels whatever it is shown, so they need no labels.
#pragma once

#include <cstddef>

#include "random.h"

namespace dtmm {

// An NHWC sample; `flip` and `shift` make sense for images only.
struct Augmentation {
  int height = 1;
  int width = 1;
  int channels = 1;
  bool flip = false;  // left and right, every other sample
  int shift = 0;      // up to so many pixels in each direction, the border repeated
  // Every other sample is blended with another one, at up to half of its weight (Zhang et al., "mixup: beyond
  // empirical risk minimization", ICLR 2018, with the dense network's answer in place of mixed labels).
  bool blend = false;

  size_t Size() const { return static_cast<size_t>(height) * width * channels; }
};

// Writes a variation of `sample`; `other` is what it may be blended with. Takes the same number of draws from
// the stream whatever is chosen.
void Augment(const Augmentation& how, const float* sample, const float* other, RandomStream* random,
             float* out);

}  // namespace dtmm
