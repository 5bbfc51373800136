/* The inner loop of the DSP convolution: one filter at groups of four neighbouring output positions. */
#ifndef DTMM_SUM_GROUPS_DSP_H_
#define DTMM_SUM_GROUPS_DSP_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Weights that meet neighbouring quads of a tap. The order of the fields is known to the assembler. */
typedef struct DtmmRunDsp {
  int32_t offset; /* bytes from the group's columns to the four columns of the first quad */
  const int8_t* weights;
  uint32_t loops; /* times that four quads follow, in the upper half; in the lower half the bytes from behind
                     the four columns of a quad to those of the next one, an int16 */
  int32_t skip;   /* bytes of code to skip, so that the first time begins with a later quad; behind the last
                     run DTMM_DSP_END */
} DtmmRunDsp;

/* Bytes of the code of a quad, and from there to the end of a list, in dtmm_sum_groups_dsp.c. */
enum { DTMM_DSP_QUAD_CODE = 52, DTMM_DSP_LOOP_CODE = 16, DTMM_DSP_END = 0, DTMM_DSP_GROUP = 4, DTMM_DSP_RUN_BYTES = 16 };

typedef struct DtmmFilterDsp {
  const DtmmRunDsp* runs;
  int32_t sums[4]; /* what the sums of each group start from */
  int32_t multiplier;
  int32_t zero_point;          /* of the output */
  int32_t right;               /* right shift, 1 to 31; 0: the sums of one group go to `sums` instead */
  int8_t* output;              /* of the first position */
  int32_t stride;              /* bytes from the output of a position to that of the next one */
  int32_t stride3;             /* the triple of it */
  const uint32_t* columns;     /* line buffer at the first group */
  const uint32_t* columns_end; /* and behind the last group: 8 words a group */
} DtmmFilterDsp;

/* The output of a sum. */
static inline int8_t dtmm_scale_dsp(const DtmmFilterDsp* filter, int32_t sum) {
  const int32_t high = (int32_t)(((int64_t)sum * filter->multiplier + ((int64_t)1 << 31)) >> 32) + sum;
  const int32_t value =
      ((high + (high >> 31) + (1 << (filter->right - 1))) >> filter->right) + filter->zero_point;
  return (int8_t)(value < INT8_MIN ? INT8_MIN : value > INT8_MAX ? INT8_MAX : value);
}

/* Sums the runs up at each group and writes its outputs. Those are of dtmm_requantize with the full range of
 * int8, a shift of -right, and a multiplier of which `multiplier` is the double, 2^32 less. Leaves `output`
 * anywhere. */
void dtmm_sum_groups_dsp(DtmmFilterDsp* filter);

#ifdef __cplusplus
}
#endif

#endif /* DTMM_SUM_GROUPS_DSP_H_ */
