/* The line buffer of the MVE filterlet convolution: what it holds, and how many bytes that takes.
 *
 * Channels are cut into *planes* of a vector each, and the buffer keeps a plane's vectors of neighbouring
 * output columns next to each other,
 *
 *   line[row % lines][phase][plane][column][stacked row][channel of the plane]
 *
 * so that eight output positions of any tap are eight vectors in a row, whatever the stride:
 *
 *   phase   column % stride_width; output column x reads column x + tap / stride_width of phase
 *           tap % stride_width
 *   stacked row   narrow outputs take their eight positions from 2, 4 or 8 output rows at once
 *
 * A *cell* is what one step of the kernel multiplies: 1, 2 or 4 neighbouring planes of a tap.
 *
 * The last plane of a tap ends with the tap's last channel, so it may repeat channels of the plane before;
 * their weights stand in one of the two only. Where there is a single plane of fewer channels than a vector
 * has, what follows them is not defined, and is multiplied by weights of 0.
 *
 * Inputs of fewer than 16 channels are *folded*: a position then holds the channels of a whole kernel row,
 * and a tap is a kernel row. The order of weights and index bits is the same. */
#ifndef DTMM_LINES_MVE_H_
#define DTMM_LINES_MVE_H_

#include <stdint.h>

#include "dtmm_conv_geometry.h"

enum {
  DTMM_MVE_BYTES = 16,       /* of a vector register */
  DTMM_MVE_POSITIONS = 8,    /* output positions that share one pass over the weights */
  DTMM_MVE_CELL_VECTORS = 4, /* most vectors of a cell */
  /* Table and records (dtmm_row_mve.h) are on the stack if they need no more, and else in scratch. */
  DTMM_MVE_STACK_BYTES = 1536,
  /* Bytes of input that a 1x1 convolution lays out at a time, if that is 8 to 32 positions, and bytes of
   * expanded weights, if that is a filter at least. */
  DTMM_MVE_TILE_BYTES = 2048,
  DTMM_MVE_MAX_CELLS = UINT16_MAX /* of a filter: more than 8 MB of input for a group */
};

/* Bytes of the longest record with an end (dtmm_row_mve.h). */
#define DTMM_MVE_RECORD_BYTES(cells) (((cells) + 10) / 2 * 4)

typedef struct DtmmLinesMve {
  /* What is computed. A 1x1 convolution with stride 1 is one image of all positions of the batch, in rows
   * that suit the buffer; its last row is shifted left, over the end of the one before. */
  int32_t batches;
  int32_t positions; /* of an image: input */
  int32_t input_height;
  int32_t input_width;
  int32_t output_positions;
  int32_t output_height;
  int32_t output_width;
  int32_t pad_top;
  int32_t pad_left;

  int32_t whole_cells;  /* 1: every block of weights is one or more cells; 0: they have to be expanded */
  int32_t cell_vectors; /* of a cell */
  int32_t channels;     /* of a tap */
  int32_t planes;       /* of a tap */
  int32_t row_cells;    /* of a kernel row */
  int32_t cells;        /* of a filter */
  int32_t blocks;       /* of a filter */

  int32_t lines;
  int32_t phases;
  int32_t columns;
  int32_t stacked;
  int32_t group_positions; /* computed at a time: 8, or 1 if their outputs lie too far apart for offsets of 16
                              bits */
  int32_t column_bytes;    /* from one column of a plane to the next */
  int32_t plane_bytes;
  int32_t phase_bytes;
  int32_t line_bytes;

  /* The parts of scratch memory, in bytes and in this order. A part that the layer does not need is empty. */
  int32_t table_bytes; /* in scratch or on the stack */
  int32_t work_bytes;  /* of table and records */
  int32_t expanded_bytes;
  int32_t buffer_bytes; /* lines, with what positions beyond the last column read behind them */
  int32_t row_bytes;    /* a padded input row of fewer channels than a vector has */
} DtmmLinesMve;

/* Plans a checked layer. Returns the bytes of scratch; INT32_MAX for a layer that can't be planned. */
int32_t dtmm_lines_mve(const DtmmFilterletOptions* options, const DtmmConvShape* shape, DtmmLinesMve* lines);

#endif /* DTMM_LINES_MVE_H_ */
