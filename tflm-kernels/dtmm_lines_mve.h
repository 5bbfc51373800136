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
  DTMM_MVE_BYTES = 16,     /* of a vector register */
  DTMM_MVE_POSITIONS = 8,  /* output positions that share one pass over the weights */
  DTMM_MVE_WORD_CELLS = 32, /* cells that have a bit in one word of a record (dtmm_row_mve.h) */
  /* What the kernel has on its stack; layers that need more have it in scratch. */
  DTMM_MVE_STACK_CELLS = 64,
  DTMM_MVE_STACK_RECORD_WORDS = 256,
  /* Bytes of input that a 1x1 convolution lays out at a time, if that is 8 to 32 positions, and bytes of weights in
   * whole cells, if that is a filter at least. */
  DTMM_MVE_TILE_BYTES = 2048
};

typedef struct DtmmLinesMve {
  int32_t pointwise;    /* 1: 1x1 with stride 1; all positions of the batch are one row, laid out in tiles */
  int32_t folded;       /* 1: a position holds a kernel row */
  int32_t whole_cells;  /* 1: every block of weights is one or more cells */
  int32_t channels;     /* of a tap */
  int32_t taps;         /* of a filter */
  int32_t plane_vectors; /* vectors of a position in a plane: 1, 2 or 4 */
  int32_t halves;       /* planes of a cell: 2 of 4 vectors for one of 128 channels, else 1 */
  int32_t planes;       /* of a tap */
  int32_t aside;        /* 1: groups are computed into scratch and copied, because they are no whole groups of
                           outputs, or lie too far apart for offsets of 16 bits */
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

/* Columns of a group of positions. */
static inline int32_t dtmm_group_columns(const DtmmLinesMve* lines) {
  return DTMM_MVE_POSITIONS / lines->stacked;
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
  lines.whole_cells = even && block % DTMM_MVE_BYTES == 0;
  lines.halves = lines.whole_cells && block % 128 == 0 ? 2 : 1;
  lines.plane_vectors = !lines.whole_cells ? 1 : block % 64 == 0 ? 4 : block % 32 == 0 ? 2 : 1;
  if (lines.taps * (int64_t)channels > DTMM_MVE_WORD_CELLS * lines.halves * dtmm_position_bytes(&lines)) {
    /* Of several words: cells of a vector only. */
    lines.halves = 1;
    lines.plane_vectors = 1;
  }
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
  lines.aside = lines.width < dtmm_group_columns(&lines) ||
                shape->output.channels > UINT16_MAX / DTMM_MVE_POSITIONS;
  return lines;
}

/* Bytes of one line. In 64 bits, because a layer that passed the check may need more than there is. */
static inline int64_t dtmm_line_bytes(const DtmmLinesMve* lines) {
  return (int64_t)dtmm_column_bytes(lines) * lines->columns * lines->planes * lines->phases;
}

/* Bytes of all lines, and of what the positions beyond the last column read behind them. */
static inline int64_t dtmm_all_lines_bytes(const DtmmLinesMve* lines) {
  const int32_t group = dtmm_group_columns(lines);
  const int32_t beyond = lines->aside ? dtmm_ceil_div(lines->width, group) * group - lines->width : 0;
  return dtmm_line_bytes(lines) * lines->lines + (int64_t)beyond * dtmm_column_bytes(lines);
}

/* Most cells of a filter. */
static inline int64_t dtmm_filter_cells(const DtmmLinesMve* lines) {
  return (int64_t)lines->taps * (lines->planes / lines->halves);
}

/* Words of a filter's record. */
static inline int32_t dtmm_record_words(const DtmmLinesMve* lines) {
  return (int32_t)((uint64_t)(dtmm_filter_cells(lines) - 1) / DTMM_MVE_WORD_CELLS) + 4;
}

/* Filters that are computed at a time: as many as have records on the stack, and expanded weights in scratch. */
static inline int32_t dtmm_chunk_filters(const DtmmLinesMve* lines, int32_t filters) {
  int32_t chunk = dtmm_min(filters, DTMM_MVE_STACK_RECORD_WORDS / dtmm_record_words(lines));
  if (!lines->whole_cells) {
    const int64_t cells = dtmm_filter_cells(lines);
    while (chunk * cells * DTMM_MVE_BYTES > DTMM_MVE_TILE_BYTES) --chunk;
  }
  return chunk < 1 ? 1 : chunk;
}

/* Where the parts of scratch memory start, in bytes; those that a layer does not need are empty. */
typedef struct DtmmScratchMve {
  int64_t records;
  int64_t expanded; /* weights in whole cells */
  int64_t aside;    /* a group of outputs */
  int64_t lines;
  int64_t end;
} DtmmScratchMve;

/* The scratch memory of a layer with that many filters. The table of cells, with room for three more, comes first. */
static inline DtmmScratchMve dtmm_scratch_mve(const DtmmLinesMve* lines, int32_t filters) {
  const int64_t cells = dtmm_filter_cells(lines);
  const int32_t words = dtmm_record_words(lines);
  const int32_t chunk = dtmm_chunk_filters(lines, filters);
  DtmmScratchMve scratch;
  scratch.records = cells > DTMM_MVE_STACK_CELLS ? (cells + 3) * (int64_t)sizeof(int8_t*) : 0;
  scratch.expanded = scratch.records + (words > DTMM_MVE_STACK_RECORD_WORDS ? (int64_t)words * 4 : 0);
  scratch.aside = scratch.expanded + (lines->whole_cells ? 0 : chunk * cells * DTMM_MVE_BYTES);
  scratch.lines = scratch.aside + (lines->aside ? chunk * DTMM_MVE_POSITIONS : 0);
  scratch.lines = (scratch.lines + 7) / 8 * 8;
  scratch.end = scratch.lines + dtmm_all_lines_bytes(lines);
  return scratch;
}

#endif /* DTMM_LINES_MVE_H_ */
