// Rescales sums by TFLM's two ways of rounding. A line of sum, bias, multiplier, shift and zero point in, a
// line of both outputs out: rounded twice, and once.
#include <cstdio>

#include "host_kernels/rescale.h"

int main() {
  dtmm::Rescale rescale;
  rescale.bias.resize(1);
  rescale.multiplier.resize(1);
  rescale.shift.resize(1);
  int sum = 0;
  while (std::scanf("%d %d %d %d %d", &sum, &rescale.bias[0], &rescale.multiplier[0], &rescale.shift[0],
                    &rescale.output_zero_point) == 5) {
    int8_t twice = 0;
    int8_t once = 0;
    rescale.rounding = dtmm::Rounding::kDouble;
    rescale.Apply(&sum, &twice);
    rescale.rounding = dtmm::Rounding::kSingle;
    rescale.Apply(&sum, &once);
    std::printf("%d %d\n", twice, once);
  }
  return 0;
}
