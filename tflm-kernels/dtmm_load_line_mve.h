/* Fills the line buffer of dtmm_lines_mve.h from NHWC input. */
#ifndef DTMM_LOAD_LINE_MVE_H_
#define DTMM_LOAD_LINE_MVE_H_

#include <stdint.h>

#include "dtmm_conv_geometry.h"
#include "dtmm_lines_mve.h"

/* What the lines of one image are filled from. */
typedef struct DtmmLineSource {
  const DtmmFilterletOptions* options;
  const DtmmLinesMve* lines;
  DtmmConvGeometry geometry;
  const int8_t* input; /* of the image */
  int32_t height;      /* of the input */
  int32_t width;
} DtmmLineSource;

/* Sets `count` vectors, which start every `step` bytes. */
void dtmm_fill_vectors_mve(int8_t* to, int32_t step, int32_t count, int32_t value);

/* Lays out `count` positions, which start every from_step bytes, from column `column` of a phase on. */
void dtmm_load_positions_mve(const DtmmLinesMve* lines, const int8_t* from, int32_t from_step, int32_t count,
                             int8_t* phase, int32_t column);

/* Lays out one line: the first of its stacked rows is row `top` of the padded input, the others are a stride
 * each below. The padding left and right must have been filled before, which no line overwrites. */
void dtmm_load_line_mve(const DtmmLineSource* source, int32_t top, int8_t* line);

#endif /* DTMM_LOAD_LINE_MVE_H_ */
