/* The line buffer of the MVE filterlet convolution: what it holds, and how many bytes that takes.
 *
 * A *cell* is what one step of the kernel multiplies: 16, 32, 64 or 128 neighbouring channels of a tap. The buffer
 * keeps the channels of a cell together and cells of neighbouring output columns next to each other (a cell of 128
 * as two halves of 64, because immediate offsets reach no further),
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
 * Inputs of fewer than 16 channels are *folded*: a position then holds the channels of a whole kernel row, and
 * a tap is a kernel row. The order of weights and index bits is the same. */
#ifndef DTMM_LINES_MVE_H_
#define DTMM_LINES_MVE_H_

#include <stdint.h>

#include "dtmm_conv_geometry.h"

enum {
  DTMM_MVE_BYTES = 16,    /* of a vector register */
  DTMM_MVE_POSITIONS = 8, /* output positions that share one pass over the weights */
  /* Entries of the table of cells on the kernel's stack; a layer whose filters have more cells has it in scratch. */
  DTMM_MVE_STACK_CELLS = 256,
  /* Most cells of a block: every one has a bit in a word of 32. */
  DTMM_MVE_MAX_BLOCK_CELLS = 32,
  /* Bytes of input that a 1x1 convolution lays out at a time, if that is 8 to 32 positions. */
  DTMM_MVE_TILE_BYTES = 2048
};

/* Some of the cells of a filter, as bits from the lowest on. */
typedef struct DtmmCellWord {
  uint32_t bits; /* 0 ends the filter */
  int32_t skip;  /* bytes of the table from the word before to this one; at the end, to the next group's first */
} DtmmCellWord;

typedef struct DtmmLinesMve {
  int32_t pointwise;    /* 1: 1x1 with stride 1; all positions of the batch are one row, laid out in tiles */
  int32_t folded;       /* 1: a position holds a kernel row */
  int32_t whole_cells;  /* 1: every block of weights is one or more cells */
  int32_t channels;     /* of a tap */
  int32_t taps;         /* of a filter */
  int32_t plane_vectors; /* vectors of a position in a plane: 1, 2 or 4 */
  int32_t halves;       /* planes of a cell: 2 of 4 vectors for one of 128 channels, else 1 */
  int32_t planes;       /* of a tap */
  int32_t width;        /* output columns; of a pointwise layer, positions of a tile */
  int32_t columns;
  int32_t phases;
  int32_t stacked;
  int32_t lines;
} DtmmLinesMve;

/* Bytes of a position in a plane. */
static inline int32_t dtmm_position_bytes(const DtmmLinesMve* lines) {
  return DTMM_MVE_BYTES * lines->plane_vectors;
}

/* Bytes from one column of a plane to the next. */
static inline int32_t dtmm_column_bytes(const DtmmLinesMve* lines) {
  return dtmm_position_bytes(lines) * lines->stacked;
}

/* Bytes from one plane to the next. */
static inline int32_t dtmm_plane_bytes(const DtmmLinesMve* lines) {
  return dtmm_column_bytes(lines) * lines->columns;
}

/* Output rows that are computed together, so that narrow ones fill the eight positions. */
static inline int32_t dtmm_stacked_rows(const DtmmNhwc* output) {
  int32_t rows = output->width > 4 ? 1 : output->width > 2 ? 2 : output->width > 1 ? 4 : 8;
  while (rows > output->height) rows /= 2;
  return rows;
}

/* Positions of a tile of a pointwise layer. */
static inline int32_t dtmm_tile_width(int32_t positions, int32_t channels) {
  const int32_t vectors = dtmm_ceil_div(channels, DTMM_MVE_BYTES);
  int32_t width = DTMM_MVE_TILE_BYTES / (DTMM_MVE_BYTES * vectors) / DTMM_MVE_POSITIONS * DTMM_MVE_POSITIONS;
  if (width < DTMM_MVE_POSITIONS) width = DTMM_MVE_POSITIONS;
  return dtmm_min(dtmm_min(width, 4 * DTMM_MVE_POSITIONS), positions);
}

/* The line buffer of a checked layer. */
static inline DtmmLinesMve dtmm_lines_mve(const DtmmFilterletOptions* options, const DtmmConvShape* shape) {
  const DtmmConvGeometry geometry = dtmm_conv_geometry(options, shape);
  const int32_t channels = options->input_channels;
  const int32_t block = options->block_channels;
  const int even = channels % block == 0;
  DtmmLinesMve lines;
  lines.pointwise =
      options->kernel_height * options->kernel_width * options->stride_height * options->stride_width == 1;
  lines.folded =
      channels < DTMM_MVE_BYTES && even && options->kernel_width > 1 && options->dilation_width == 1;
  lines.channels = lines.folded ? channels * options->kernel_width : channels;
  lines.taps = lines.folded ? options->kernel_height : options->kernel_height * options->kernel_width;
  lines.plane_vectors = block % 64 == 0 ? 4 : block % 32 == 0 ? 2 : 1;
  lines.halves = block % 128 == 0 ? 2 : 1;
  lines.whole_cells = even && block % DTMM_MVE_BYTES == 0 &&
                      block <= DTMM_MVE_MAX_BLOCK_CELLS * lines.halves * dtmm_position_bytes(&lines);
  if (!lines.whole_cells) lines.plane_vectors = lines.halves = 1;
  lines.planes = dtmm_ceil_div(lines.channels, dtmm_position_bytes(&lines));
  lines.width = shape->output.width;
  lines.columns = lines.width;
  lines.phases = 1;
  lines.stacked = dtmm_stacked_rows(&shape->output);
  lines.lines = geometry.window_height;
  if (lines.pointwise) {
    const int32_t positions = shape->output.batches * shape->output.height * shape->output.width;
    lines.width = dtmm_tile_width(positions, channels);
    lines.columns = lines.width;
    lines.stacked = 1;
  } else if (!lines.folded) {
    lines.columns += (geometry.window_width - 1) / options->stride_width;
    lines.phases = dtmm_min(options->stride_width, geometry.window_width);
  }
  return lines;
}

/* Bytes of one line. In 64 bits, because a layer that passed the check may need more than there is. */
static inline int64_t dtmm_line_bytes(const DtmmLinesMve* lines) {
  return (int64_t)dtmm_column_bytes(lines) * lines->columns * lines->planes * lines->phases;
}

/* Bytes of all lines, and of what the positions beyond the last column read behind them. */
static inline int64_t dtmm_all_lines_bytes(const DtmmLinesMve* lines) {
  const int32_t group = DTMM_MVE_POSITIONS / lines->stacked;
  const int32_t beyond = dtmm_ceil_div(lines->width, group) * group - lines->width;
  return dtmm_line_bytes(lines) * lines->lines + (int64_t)beyond * dtmm_column_bytes(lines);
}

/* Most cells of a filter. */
static inline int64_t dtmm_filter_cells(const DtmmLinesMve* lines) {
  return (int64_t)lines->taps * (lines->planes / lines->halves);
}

/* Words for that many cells, and their end. A word but the last has bits for half of DTMM_MVE_MAX_BLOCK_CELLS or
 * more. */
static inline int64_t dtmm_filter_words(int64_t cells) { return cells / (DTMM_MVE_MAX_BLOCK_CELLS / 2) + 2; }

#endif /* DTMM_LINES_MVE_H_ */
