/* TFLite's quantisation formulas with the C library's frexp and round. Doubles in, one line of integers out:
 * "m REAL" gives multiplier and shift; "a ACTIVATION SCALE ZERO_POINT" gives the activation range. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>

static void print_multiplier(double real) {
  int shift = 0;
  const double fraction = frexp(real, &shift);
  int64_t fixed = (int64_t)round(fraction * 2147483648.0);
  if (fixed == INT64_C(2147483648)) {
    fixed /= 2;
    ++shift;
  }
  if (shift < -31) {
    shift = 0;
    fixed = 0;
  }
  printf("%ld %d\n", (long)fixed, shift);
}

static int quantize(float real, float scale, int zero_point) {
  return zero_point + (int)roundf(real / scale);
}

static int at_least(int a, int b) { return a > b ? a : b; }

static int at_most(int a, int b) { return a < b ? a : b; }

static void print_range(int activation, float scale, int zero_point) {
  int min = -128;
  int max = 127;
  switch (activation) {
    case 1:
      min = at_least(min, quantize(0.0f, scale, zero_point));
      break;
    case 2:
      min = at_least(min, quantize(-1.0f, scale, zero_point));
      max = at_most(max, quantize(1.0f, scale, zero_point));
      break;
    case 3:
      min = at_least(min, quantize(0.0f, scale, zero_point));
      max = at_most(max, quantize(6.0f, scale, zero_point));
      break;
    default:
      break;
  }
  printf("%d %d\n", min, max);
}

int main(void) {
  char kind;
  while (scanf(" %c", &kind) == 1) {
    double real;
    int activation;
    int zero_point;
    if (kind == 'm' && scanf("%lf", &real) == 1) {
      print_multiplier(real);
    } else if (kind == 'a' && scanf("%d %lf %d", &activation, &real, &zero_point) == 3) {
      print_range(activation, (float)real, zero_point);
    } else {
      return 1;
    }
  }
  return 0;
}
