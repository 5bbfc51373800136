/* The parts of the DSP convolution, from the inside out: groups of outputs of a filter, a row, the layer. */
#ifndef DTMM_FILTERLET_DSP_H_
#define DTMM_FILTERLET_DSP_H_

#include <stdint.h>

#include "dtmm_filterlet_conv.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whether the layer runs in the DSP kernel: blocks are whole filterlets or whole quads of channels, and an
 * offset in the line buffer fits 16 bits. Else the portable kernel does it. */
int32_t dtmm_filterlet_dsp_fits(const DtmmFilterletOptions* options, const DtmmConvShape* shape);

/* Kept weights that meet neighbouring quads of a tap: 4 * quads of them, read one after the other. One word:
 * the bytes from the line buffer's column of the row's first output to that of the first quad
 * (dtmm_lines_dsp.h), and kDtmmRunQuad for each quad.
 *
 * A run of no quads takes so many weights back: after a run that ends with the last channels of a tap, where
 * these fill no quad, and that took too many. 0 ends a list. */
typedef uint32_t DtmmDspRun;
enum { kDtmmRunQuad = 1 << 16 };

/* One filter at groups of four neighbouring output positions. The order of the fields is known to the
 * assembler in dtmm_sum_groups_dsp.c. */
typedef struct DtmmDspFilter {
  const DtmmDspRun* runs;
  const int8_t* weights; /* of the runs */
  int32_t step;          /* bytes from behind the four columns of a quad to those of the next one */
  int32_t sums[4];       /* what the sums of each group start from */
  int32_t multiplier;
  int32_t addend; /* half of the last place and the output zero point, both before the right shift */
  int32_t right;  /* right shift, 1 to 31; 0: the sums of a single group go to `sums`, no output is written */
  int8_t* output; /* of the first position */
  int32_t stride; /* bytes from the output of a position to that of the next one */
  const uint32_t* columns;     /* line buffer, moved on to the first group */
  const uint32_t* columns_end; /* the same behind the last group: 8 words a group */
} DtmmDspFilter;

/* Sums the runs up at each group and writes its outputs: ((high + (high < 0 ? -1 : 0) + addend) >> right),
 * clamped to int8, with high = (2 * sum * multiplier + 2^31) >> 32. Leaves `output` anywhere. May read up to
 * 3 bytes more than the weights of a list that takes weights back at its end. */
void dtmm_sum_groups_dsp(DtmmDspFilter* filter);

/* The same for a single group and a `right` of 0, at a slower pace, without a look at what follows
 * weights_end. */
void dtmm_sum_last_group_dsp(DtmmDspFilter* filter, const int8_t* weights_end);

/* A row of outputs. */
typedef struct DtmmDspRow {
  const uint32_t* lines; /* line buffer */
  const uint16_t* taps;  /* bytes from there to the column that each tap of the first position reads */
  int32_t quad_pitch;    /* bytes from quad to quad */
  int32_t width;         /* output positions */
} DtmmDspRow;

/* All filters of a row; output: [width][filters]. */
void dtmm_filterlet_row_dsp_s8(const DtmmFilterletOptions* options, const DtmmPackedTensors* packed,
                               const DtmmDspRow* row, int8_t* output);

#ifdef __cplusplus
}
#endif

#endif /* DTMM_FILTERLET_DSP_H_ */
