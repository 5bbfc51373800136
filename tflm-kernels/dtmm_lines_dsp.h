/* The line buffer of the DSP convolution: input rows as words of int16 pairs (dtmm_dsp.h), padding included.
 *
 * A line is [quad][column][2]: a quad is four channels, its even and its odd word stand side by side. A
 * padded column x of the row is stored at phase x % stride, then x / stride, so that neighbouring output
 * positions are neighbours in the line for every tap. Phases that no tap reads are left out.
 *
 * The sizes are plain C for any core: the host asks for them too. */
#ifndef DTMM_LINES_DSP_H_
#define DTMM_LINES_DSP_H_

#include <stdint.h>

#include "dtmm_conv_geometry.h"
#include "dtmm_filterlet_conv.h"

/* Channels of a column of a quad, its words and bytes, and output positions that share a load of weights. */
enum { kDtmmQuad = 4, kDtmmColumnWords = 2, kDtmmColumnBytes = 8, kDtmmDspGroup = 4 };

/* Positions of a convolution without neighbours are one long row, computed in tiles: of kDtmmTilePositions
 * or, with so many channels that these exceed kDtmmTileBytes, of fewer. */
enum { kDtmmTilePositions = 32, kDtmmTileBytes = 4096 };

typedef struct DtmmLines {
  int32_t count;   /* lines in the buffer: input rows that an output row reads */
  int32_t stride;  /* input columns from one output position to the next */
  int32_t phases;  /* columns modulo the stride that some tap reads */
  int32_t width;   /* padded columns that an output row reads from the first to the last */
  int32_t columns; /* those of them that are stored */
  int32_t quads;   /* quads of channels */
} DtmmLines;

/* Where padded column `column` is in a line, counted in columns; phases are laid one after the other. */
static inline int32_t dtmm_line_column(const DtmmLines* lines, int32_t column) {
  const int32_t phase = column % lines->stride;
  const int32_t longer = lines->width % lines->stride; /* so many phases have one column more */
  return phase * (lines->width / lines->stride) + dtmm_min(phase, longer) + column / lines->stride;
}

/* Whether the positions are independent of their place. */
static inline int32_t dtmm_is_pointwise(const DtmmFilterletOptions* options) {
  return options->kernel_height * options->kernel_width * options->stride_height * options->stride_width == 1;
}

/* Output positions of a tile of a pointwise layer. */
static inline int32_t dtmm_tile_positions(const DtmmConvShape* shape, int32_t quads) {
  const int32_t fitting = kDtmmTileBytes / (quads * kDtmmColumnBytes);
  const int32_t groups = fitting < kDtmmDspGroup ? 1 : fitting / kDtmmDspGroup;
  const int32_t tile = dtmm_min(kDtmmTilePositions, groups * kDtmmDspGroup);
  return dtmm_min(tile, shape->output.batches * shape->output.height * shape->output.width);
}

/* The line buffer of a checked layer. */
static inline DtmmLines dtmm_lines(const DtmmFilterletOptions* options, const DtmmConvShape* shape) {
  const DtmmConvGeometry geometry = dtmm_conv_geometry(options, shape);
  DtmmLines lines;
  lines.quads = dtmm_ceil_div(options->input_channels, kDtmmQuad);
  lines.count = geometry.window_height;
  lines.stride = options->stride_width;
  lines.phases = dtmm_min(options->stride_width, geometry.window_width);
  lines.width = dtmm_is_pointwise(options) ? dtmm_tile_positions(shape, lines.quads) : geometry.line_width;
  lines.columns = lines.phases == lines.stride ? lines.width : dtmm_line_column(&lines, lines.phases);
  return lines;
}

/* Bytes of all lines. A group of a row of fewer positions reads, and drops, columns behind the last line. */
static inline int64_t dtmm_lines_bytes(const DtmmLines* lines, int32_t output_width) {
  const int32_t spare = output_width < kDtmmDspGroup ? kDtmmDspGroup - output_width : 0;
  return ((int64_t)lines->count * lines->quads * lines->columns + spare) * kDtmmColumnBytes;
}

#endif /* DTMM_LINES_DSP_H_ */
