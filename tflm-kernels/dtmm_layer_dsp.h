/* The DSP filterlet convolution: how it lays out its input, and what its parts share.
 *
 * Input rows are kept as words of int16 pairs (dtmm_dsp.h), padding included, in a rolling buffer of as many
 * lines as the dilated kernel is high. A *quad* is four channels; its even and its odd word make a *column*:
 *
 *   line[row % lines][quad][phase][column / stride][even, odd]
 *
 * The phase is column % stride, so that neighbouring output positions are neighbours in the line for every
 * tap, whatever the stride. Phases that no tap reads are left out. Channels that fill up the last quad are 0.
 *
 * The plan is plain C for any core: the host asks for the sizes too. */
#ifndef DTMM_LAYER_DSP_H_
#define DTMM_LAYER_DSP_H_

#include <stdint.h>

#include "dtmm_filterlet_conv.h"
#include "dtmm_sum_groups_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  DTMM_DSP_QUAD = 4,
  DTMM_DSP_COLUMN_WORDS = 2,
  DTMM_DSP_COLUMN_BYTES = 8,
  /* The kernel goes from quad to quad in steps of int16. A group of positions of any layer fits. */
  DTMM_DSP_MAX_COLUMNS = 4096,
  /* A 1x1 convolution lays out so many positions at a time; fewer, down to a group, where their bytes exceed
   * the limit. */
  DTMM_DSP_TILE_POSITIONS = 32,
  DTMM_DSP_TILE_BYTES = 4096,
  /* Runs of a filter, and the end of its list, that the kernel has on its stack; layers of more have them in
   * scratch. */
  DTMM_DSP_STACK_RUNS = 40,
  /* Bits of the index that are read at once, whatever bit they start at. */
  DTMM_DSP_INDEX_BITS = 25
};

typedef struct DtmmLayerDsp {
  /* Set by dtmm_plan_dsp. The shapes of a pointwise layer hold all positions of the batch as one row. */
  DtmmNhwc input;
  DtmmNhwc output;
  int32_t pad_top;
  int32_t pad_left;
  int32_t lines;       /* input rows that an output row reads */
  int32_t line_words;  /* of a line */
  int32_t tile;        /* output columns that are computed at a time: all, unless that is too many */
  int32_t width;       /* padded columns that they read */
  int32_t phases;      /* columns modulo the stride that some tap reads */
  int32_t phase_words; /* of a quad in one phase */
  int32_t quads;       /* of a column */
  int32_t quad_words;  /* from quad to quad: the columns of all phases */
  int32_t blocks;      /* of weights of a filter */
  int32_t tap_blocks;  /* of a tap */
  int32_t excess;      /* channels that the last block of a tap has less */
  int32_t odd;         /* 1 if blocks are no quads: all weights are moved */
  int32_t ragged;      /* 1 if the last quad of a tap is not full: the last weights of the layer are moved */
  /* Where the parts of scratch memory behind the lines start, in bytes. */
  int32_t runs_at;   /* runs; none if they are on the stack */
  int32_t spread_at; /* moved weights (dtmm_list_runs_dsp.h) */

  /* Set by the kernel. */
  const DtmmFilterletOptions* options;
  const DtmmPackedTensors* packed;
  uint32_t* buffer; /* the lines */
  int32_t* taps;    /* of the current row: bytes from `buffer` to what each tap of its first output reads */
  DtmmRunDsp* runs; /* of the current filter */
  int8_t* spread;   /* moved weights */
  DtmmRunDsp whole; /* a run of one whole filterlet, but for its place */
  int32_t block_bytes; /* from block to block of a tap in the line buffer, unless `odd` */
  uint32_t step;       /* lower half of DtmmRunDsp.loops */
  int32_t plain;       /* 1 if dtmm_sum_groups_dsp yields the outputs wherever the scale allows */
} DtmmLayerDsp;

/* Plans a checked layer. Returns the bytes of scratch; INT32_MAX for a layer of more, which can't run. */
int32_t dtmm_plan_dsp(const DtmmFilterletOptions* options, const DtmmConvShape* shape, DtmmLayerDsp* layer);

#ifdef __cplusplus
}
#endif

#endif /* DTMM_LAYER_DSP_H_ */
