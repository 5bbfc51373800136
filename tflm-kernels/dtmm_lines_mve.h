/* The line buffer of the MVE filterlet convolution: what it holds, and how many bytes that takes.
 *
 * A *cell* is what one step of the kernel multiplies: 16, 32, 64 or 128 neighbouring channels of a tap. The
 * buffer keeps the channels of a cell together and cells of neighbouring output columns next to each other (a
 * cell of 128 as two halves of 64, because immediate offsets reach no further),
 *
 *   line[row % lines][phase][plane][column][stacked row][channel of the cell]
 *
 * so that eight output positions of any tap are eight cells in a row, whatever the stride:
 *
 *   phase   column % stride_width; output column x reads column x + tap / stride_width of phase
 *           tap % stride_width
 *   plane   which cell of the position's channels
 *   stacked row   narrow outputs take their eight positions from 2, 4 or 8 output rows at once
 *
 * Inputs of fewer than 16 channels are *folded*: a position then holds the channels of a whole kernel row,
 * and a tap is a kernel row. The order of weights and index bits is the same. */
#ifndef DTMM_LINES_MVE_H_
#define DTMM_LINES_MVE_H_

#include <stdint.h>

#include "dtmm_conv_geometry.h"

enum {
  DTMM_MVE_BYTES = 16,      /* of a vector register */
  DTMM_MVE_POSITIONS = 8,   /* output positions that share one pass over the weights */
  DTMM_MVE_WORD_CELLS = 32, /* cells that have a bit in one word of a record (dtmm_row_mve.h) */
  /* What the kernel has on its stack; layers that need more have it in scratch. */
  DTMM_MVE_STACK_CELLS = 64,
  DTMM_MVE_STACK_RECORD_WORDS = 256,
  /* Bytes of input that a 1x1 convolution lays out at a time, if that is 8 to 32 positions, and bytes of
   * expanded weights, if that is a filter at least. */
  DTMM_MVE_TILE_BYTES = 2048
};

typedef struct DtmmLinesMve {
  int32_t pointwise;     /* 1: 1x1 with stride 1; all positions of the batch are one row, laid out in tiles */
  int32_t folded;        /* 1: a position holds a kernel row */
  int32_t whole_cells;   /* 1: every block of weights is one or more cells; 0: they have to be expanded */
  int32_t channels;      /* of a tap */
  int32_t taps;          /* of a filter */
  int32_t plane_vectors; /* vectors of a position in a plane: 1, 2 or 4 */
  int32_t halves;        /* planes of a cell: 2 of 4 vectors for one of 128 channels, else 1 */
  int32_t planes;        /* of a tap */
  int32_t cells;         /* of a filter */
  int32_t width;         /* output columns; of a pointwise layer, positions of a tile */
  int32_t columns;
  int32_t phases;
  int32_t stacked;
  int32_t lines;
  int32_t group_columns; /* of a group of eight positions */
  int32_t aside; /* 1: groups are computed into scratch and copied, because there are not eight positions,
                    or their outputs lie too far apart for offsets of 16 bits */

  int32_t column_bytes; /* from one column of a plane to the next */
  int32_t plane_bytes;
  int32_t phase_bytes;
  int32_t line_bytes;
  int32_t all_lines_bytes; /* with what the positions beyond the last column read behind them */

  int32_t record_words; /* of a filter's record */
  int32_t chunk;        /* filters that are computed at a time: as many as there is room for */

  /* Where the parts of scratch memory start, in bytes; the table of cells is the first. A part that the layer
   * does not need is empty. */
  int32_t records_at;
  int32_t expanded_at;
  int32_t aside_at;
  int32_t lines_at;
} DtmmLinesMve;

/* Plans a checked layer. Returns the bytes of scratch; above INT32_MAX the plan can't be used. */
int64_t dtmm_lines_mve(const DtmmFilterletOptions* options, const DtmmConvShape* shape, DtmmLinesMve* lines);

#endif /* DTMM_LINES_MVE_H_ */
