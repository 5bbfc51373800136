/* The parts of the DSP convolution, from the inside out: runs of weights, a row of outputs, the layer. */
#ifndef DTMM_FILTERLET_DSP_H_
#define DTMM_FILTERLET_DSP_H_

#include <stdint.h>

#include "dtmm_filterlet_conv.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whether the layer runs in the DSP kernel: blocks are whole filterlets or whole quads of channels, and the
 * line buffer fits 31 bits. Else the portable kernel does it. */
int32_t dtmm_filterlet_dsp_fits(const DtmmFilterletOptions* options, const DtmmConvShape* shape);

/* Kept weights that meet quads of the same tap, one after the other. */
typedef struct DtmmDspRun {
  const uint32_t*
      input;      /* column of the row's first output position in the run's first quad (dtmm_lines_dsp.h) */
  int32_t length; /* full quads, plus kDtmmRunTail for each weight that follows them; 0 ends a list */
} DtmmDspRun;

/* A run that reaches the last channels of a tap, where these are no full quad, has them as a tail. */
enum { kDtmmRunTail = 1 << 16 };

/* Sums of a group of four neighbouring output positions, and what leads from quad to quad. */
typedef struct DtmmDspGroup {
  int32_t step;    /* bytes from the end of a group's columns to its columns in the next quad */
  int32_t sums[4]; /* accumulators, position after position */
} DtmmDspGroup;

/* sums[i] += weights * input of position i, for all runs of a list without tails. input_bytes: from the runs'
 * inputs to those of the group. Returns the weights that follow. */
const int8_t* dtmm_accumulate_runs_dsp(const DtmmDspRun* runs, int32_t input_bytes, const int8_t* weights,
                                       DtmmDspGroup* group);

/* The same for lists with tails; weights_end: end of the layer's weights, which are not read beyond it. */
const int8_t* dtmm_accumulate_ragged_runs_dsp(const DtmmDspRun* runs, int32_t input_bytes,
                                              const int8_t* weights, const int8_t* weights_end,
                                              DtmmDspGroup* group);

/* A row of outputs: where each tap of its first position reads, words from quad to quad, output positions. */
typedef struct DtmmDspRow {
  const uint32_t* const* taps;
  int32_t quad_pitch;
  int32_t width;
} DtmmDspRow;

/* All filters of a row; output: [width][filters]. */
void dtmm_filterlet_row_dsp_s8(const DtmmFilterletOptions* options, const DtmmPackedTensors* packed,
                               const DtmmDspRow* row, int8_t* output);

#ifdef __cplusplus
}
#endif

#endif /* DTMM_FILTERLET_DSP_H_ */
