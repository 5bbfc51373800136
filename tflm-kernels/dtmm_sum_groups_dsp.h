/* The inner loop of the DSP convolution: one filter at groups of four neighbouring output positions. */
#ifndef DTMM_SUM_GROUPS_DSP_H_
#define DTMM_SUM_GROUPS_DSP_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  DTMM_DSP_GROUP = 4, /* output positions that share a load of weights */
  /* Bytes of code in dtmm_sum_groups_dsp.c: of a quad, from behind the fourth to the end of a list. */
  DTMM_DSP_QUAD_CODE = 52,
  DTMM_DSP_LOOP_CODE = 16
};

/* Kept weights that meet neighbouring quads of a tap. The order of the fields is known to the assembler. */
typedef struct DtmmRunDsp {
  int32_t offset; /* bytes from the group's columns to the four columns of the first quad */
  const int8_t* weights;
  uint32_t loops; /* upper half: times that the code of four quads is repeated; lower half, an int16: bytes
                     from behind the four columns of a quad to those of the next one */
  int32_t skip;   /* bytes from the end of a list to the code that the run enters by; 0 ends a list */
} DtmmRunDsp;

enum { DTMM_DSP_RUN_BYTES = 16 };

/* Makes it a run over `more` quads behind the first. step: lower half of `loops`. */
static inline void dtmm_set_quads_dsp(DtmmRunDsp* run, int32_t more, uint32_t step) {
  run->loops = (uint32_t)more >> 2 << 16 | step;
  run->skip = -(DTMM_DSP_LOOP_CODE + DTMM_DSP_QUAD_CODE) - DTMM_DSP_QUAD_CODE * (more & 3);
}

/* One filter at some groups. The order of the fields is known to the assembler. */
typedef struct DtmmFilterDsp {
  const DtmmRunDsp* runs;
  int32_t sums[DTMM_DSP_GROUP]; /* what the sums of each group start from */
  int32_t multiplier;           /* twice that of dtmm_requantize, less 2^32: below 0 */
  int32_t zero_point;           /* of the output */
  int32_t right;  /* right shift, 1 to 31; 0: the sums of a single group go to `sums`, no output is written */
  int8_t* output; /* of the first position */
  int32_t stride; /* bytes from the output of a position to that of the next one */
  int32_t stride3;             /* the triple of it */
  const uint32_t* columns;     /* line buffer at the first group */
  const uint32_t* columns_end; /* and behind the last group: 8 words a group */
} DtmmFilterDsp;

/* The output of a sum: dtmm_requantize with the whole range of int8.
 *
 * The high word of 2 * sum * m is that of sum * (2 * m - 2^32), plus the sum, which one SMMLAR computes for
 * any sum. Rounding half away from zero is half up after 1 was taken from negative values; where nothing is
 * left of one, that changes nothing, since `right` is at least 1. */
static inline int8_t dtmm_scale_dsp(const DtmmFilterDsp* filter, int32_t sum) {
  const int32_t high = (int32_t)(((int64_t)sum * filter->multiplier + ((int64_t)1 << 31)) >> 32) + sum;
  const int32_t down = high + (high >> 31);
  const int32_t half = (down >> (filter->right - 1)) & 1; /* the last bit that is shifted out */
  const int32_t value = (down >> filter->right) + half + filter->zero_point;
  return (int8_t)(value < INT8_MIN ? INT8_MIN : value > INT8_MAX ? INT8_MAX : value);
}

/* Sums the runs up at each group and writes the outputs of the sums. Leaves `output` anywhere. */
void dtmm_sum_groups_dsp(DtmmFilterDsp* filter);

#ifdef __cplusplus
}
#endif

#endif /* DTMM_SUM_GROUPS_DSP_H_ */
