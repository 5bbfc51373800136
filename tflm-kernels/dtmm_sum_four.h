/* The inner loop of the portable kernels. */
#ifndef DTMM_SUM_FOUR_H_
#define DTMM_SUM_FOUR_H_

#include <stdint.h>

/* sums[i] += dot(shared, values + offsets[i]) over `length` values, for four i: each shared value is loaded
 * once. offsets[0] is 0. */
static inline void dtmm_sum_four(const int8_t* shared, const int8_t* values, const int32_t* offsets,
                                 int32_t length, int32_t* sums) {
  const int8_t* values1 = values + offsets[1];
  const int8_t* values2 = values + offsets[2];
  const int8_t* values3 = values + offsets[3];
  int32_t sum0 = 0;
  int32_t sum1 = 0;
  int32_t sum2 = 0;
  int32_t sum3 = 0;
  int32_t i;
  for (i = 0; i < length; ++i) {
    const int32_t value = shared[i];
    sum0 += value * values[i];
    sum1 += value * values1[i];
    sum2 += value * values2[i];
    sum3 += value * values3[i];
  }
  sums[0] += sum0;
  sums[1] += sum1;
  sums[2] += sum2;
  sums[3] += sum3;
}

#endif /* DTMM_SUM_FOUR_H_ */
