/* Fills the line buffer of dtmm_lines_mve.h from NHWC input. */
#ifndef DTMM_LOAD_LINE_MVE_H_
#define DTMM_LOAD_LINE_MVE_H_

#include <arm_mve.h>
#include <stdint.h>

#include "dtmm_conv_geometry.h"
#include "dtmm_lines_mve.h"

/* Sets `bytes` bytes. */
static inline void dtmm_fill_mve(int8_t* to, int32_t value, int32_t bytes) {
  const int8x16_t values = vdupq_n_s8((int8_t)value);
  for (; bytes > 0; bytes -= DTMM_MVE_BYTES, to += DTMM_MVE_BYTES) {
    vstrbq_p_s8(to, values, vctp8q((uint32_t)bytes));
  }
}

/* Copies the first `bytes` (1 to 16) of `count` vectors, which start every from_step and to_step bytes. */
static inline void dtmm_copy_vectors_mve(int8_t* to, int32_t to_step, const int8_t* from, int32_t from_step,
                                         int32_t count, int32_t bytes) {
  const mve_pred16_t lanes = vctp8q((uint32_t)bytes);
  if (bytes == DTMM_MVE_BYTES) {
    for (; count > 0; --count, to += to_step, from += from_step) vstrbq_s8(to, vldrbq_s8(from));
  }
  for (; count > 0; --count, to += to_step, from += from_step) {
    vstrbq_p_s8(to, vldrbq_z_s8(from, lanes), lanes);
  }
}

/* Lays out `count` positions of `channels` channels from column `column` of a phase on. */
static inline void dtmm_load_positions_mve(const DtmmLinesMve* lines, const int8_t* from, int32_t from_step,
                                           int32_t count, int8_t* phase, int32_t column) {
  const int32_t step = dtmm_column_bytes(lines);
  const int32_t plane_bytes = dtmm_plane_bytes(lines);
  int8_t* to = phase + column * step;
  int32_t left = lines->channels;
  int32_t vector;
  for (; left > 0; to += plane_bytes) {
    for (vector = 0; vector < lines->plane_vectors; ++vector) {
      dtmm_copy_vectors_mve(to + vector * DTMM_MVE_BYTES, step, from, from_step, count,
                            dtmm_min(DTMM_MVE_BYTES, left));
      from += DTMM_MVE_BYTES;
      left -= DTMM_MVE_BYTES;
    }
  }
}

/* Lays out the input row for unfolded taps, phase by phase. The padding is there already. */
static inline void dtmm_load_phases_mve(const DtmmLinesMve* lines, const DtmmFilterletOptions* options,
                                        const DtmmConvGeometry* geometry, const int8_t* row,
                                        int32_t input_width, int8_t* line) {
  const int32_t stride = options->stride_width;
  const int32_t channels = options->input_channels;
  int32_t phase;
  for (phase = 0; phase < lines->phases; ++phase) {
    /* Column c of the phase is input column c * stride + shift. */
    const int32_t shift = phase - geometry->pad_left;
    const int32_t first = shift < 0 ? dtmm_ceil_div(-shift, stride) : 0;
    const int32_t last = dtmm_min(lines->columns - 1, (input_width - 1 - shift + stride) / stride - 1);
    dtmm_load_positions_mve(lines, row + (first * stride + shift) * channels, stride * channels,
                            last - first + 1, line, first);
    line += lines->planes * dtmm_plane_bytes(lines);
  }
}

/* Lays out the input row for folded taps: at every output column what a kernel row reads of the input. */
static inline void dtmm_load_windows_mve(const DtmmLinesMve* lines, const DtmmFilterletOptions* options,
                                         const DtmmConvGeometry* geometry, const int8_t* row,
                                         int32_t input_width, int8_t* line) {
  const int32_t channels = options->input_channels;
  const int32_t plane_bytes = dtmm_plane_bytes(lines);
  int32_t x;
  for (x = 0; x < lines->columns; ++x, line += dtmm_column_bytes(lines)) {
    const int32_t left = x * options->stride_width - geometry->pad_left;
    int32_t channel = left < 0 ? -left * channels : 0;
    const int32_t end = dtmm_min(lines->channels, (input_width - left) * channels);
    while (channel < end) {
      const int32_t lane = channel % DTMM_MVE_BYTES;
      const int32_t bytes = dtmm_min(DTMM_MVE_BYTES - lane, end - channel);
      dtmm_copy_vectors_mve(line + channel / DTMM_MVE_BYTES * plane_bytes + lane, 0,
                            row + left * channels + channel, 0, 1, bytes);
      channel += bytes;
    }
  }
}

/* Sets one stacked row of a line, of which `line` is the first cell, to the input zero point. */
static inline void dtmm_load_padding_mve(const DtmmLinesMve* lines, const DtmmFilterletOptions* options,
                                         int8_t* line) {
  int32_t cells = lines->phases * lines->planes * lines->columns;
  for (; cells > 0; --cells, line += dtmm_column_bytes(lines)) {
    dtmm_fill_mve(line, options->input_zero_point, dtmm_position_bytes(lines));
  }
}

/* Lays out line `top`, counted in padded input rows, whose first stacked row that is: the others are stride
 * after stride below. What every line has as padding left and right must have been filled before. */
static inline void dtmm_load_line_mve(const DtmmLinesMve* lines, const DtmmFilterletOptions* options,
                                      const DtmmConvGeometry* geometry, const DtmmNhwc* shape,
                                      const int8_t* input, int32_t top, int8_t* line) {
  int32_t stacked;
  for (stacked = 0; stacked < lines->stacked; ++stacked, line += dtmm_position_bytes(lines)) {
    const int32_t y = top + stacked * options->stride_height - geometry->pad_top;
    const int8_t* row = input + y * shape->width * shape->channels;
    if (y < 0 || y >= shape->height) {
      dtmm_load_padding_mve(lines, options, line);
    } else if (lines->folded) {
      dtmm_load_windows_mve(lines, options, geometry, row, shape->width, line);
    } else {
      dtmm_load_phases_mve(lines, options, geometry, row, shape->width, line);
    }
  }
}

#endif /* DTMM_LOAD_LINE_MVE_H_ */
