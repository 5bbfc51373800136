#include "dtmm_load_line_mve.h"

#include "dtmm_target.h"

#if DTMM_USE_MVE

#include <arm_mve.h>

/* Copies the first `bytes` of `count` vectors, which start every from_step and to_step bytes. */
static void copy_vectors(int8_t* to, int32_t to_step, const int8_t* from, int32_t from_step, int32_t count,
                         int32_t bytes) {
  if (bytes >= DTMM_MVE_BYTES) {
    for (; count > 0; --count, to += to_step, from += from_step) vstrbq_s8(to, vldrbq_s8(from));
  } else {
    const mve_pred16_t lanes = vctp8q((uint32_t)bytes);
    for (; count > 0; --count, to += to_step, from += from_step) {
      vstrbq_p_s8(to, vldrbq_z_s8(from, lanes), lanes);
    }
  }
}

void dtmm_fill_vectors_mve(int8_t* to, int32_t step, int32_t count, int32_t value) {
  const int8x16_t values = vdupq_n_s8((int8_t)value);
  for (; count > 0; --count, to += step) vstrbq_s8(to, values);
}

void dtmm_load_positions_mve(const DtmmLinesMve* lines, const int8_t* from, int32_t from_step, int32_t count,
                             int8_t* phase, int32_t column) {
  int8_t* plane = phase + column * lines->column_bytes;
  int32_t left = lines->channels;
  for (; left > 0; plane += lines->plane_bytes) {
    int8_t* to = plane;
    int32_t vector;
    for (vector = 0; vector < lines->plane_vectors; ++vector) {
      copy_vectors(to, lines->column_bytes, from, from_step, count, left);
      to += DTMM_MVE_BYTES;
      from += DTMM_MVE_BYTES;
      left -= DTMM_MVE_BYTES;
    }
  }
}

/* Lays out an input row for unfolded taps, phase by phase. */
static void load_phases(const DtmmLineSource* source, const int8_t* row, int8_t* line) {
  const DtmmLinesMve* lines = source->lines;
  const int32_t stride = source->options->stride_width;
  int32_t column = 0;                     /* first one of the phase that is no padding */
  int32_t x = -source->geometry.pad_left; /* input column of column 0, then of that one */
  int32_t phase;
  for (phase = 0; phase < lines->phases; ++phase, ++x, line += lines->phase_bytes) {
    int32_t count;
    if (x >= stride) { /* column 0 of this phase is no padding any more */
      x -= stride;
      --column;
    }
    for (; x < 0; x += stride) ++column;
    count = dtmm_min(lines->columns - column, (source->width - x + stride - 1) / stride);
    dtmm_load_positions_mve(lines, row + x * lines->channels, stride * lines->channels, count, line, column);
  }
}

/* Lays out an input row for folded taps: at every output column what a kernel row reads. */
static void load_windows(const DtmmLineSource* source, const int8_t* row, int8_t* line) {
  const DtmmLinesMve* lines = source->lines;
  const int32_t channels = source->options->input_channels;
  const int32_t step = source->options->stride_width * channels;
  int32_t left = -source->geometry.pad_left * channels; /* in the row, where the window starts */
  int32_t x;
  for (x = 0; x < lines->columns; ++x, left += step, line += lines->column_bytes) {
    const int32_t end = dtmm_min(lines->channels, source->width * channels - left);
    int32_t channel = left < 0 ? -left : 0;
    while (channel < end) {
      const int32_t lane = channel % DTMM_MVE_BYTES;
      const int32_t bytes = dtmm_min(DTMM_MVE_BYTES - lane, end - channel);
      copy_vectors(line + channel / DTMM_MVE_BYTES * lines->plane_bytes + lane, 0, row + left + channel, 0, 1,
                   bytes);
      channel += bytes;
    }
  }
}

/* Sets one stacked row of a line to the input zero point. */
static void load_padding(const DtmmLineSource* source, int8_t* line) {
  const DtmmLinesMve* lines = source->lines;
  int32_t vector;
  for (vector = 0; vector < lines->plane_vectors; ++vector, line += DTMM_MVE_BYTES) {
    dtmm_fill_vectors_mve(line, lines->column_bytes, lines->line_bytes / lines->column_bytes,
                          source->options->input_zero_point);
  }
}

void dtmm_load_line_mve(const DtmmLineSource* source, int32_t top, int8_t* line) {
  int32_t y = top - source->geometry.pad_top;
  int32_t stacked;
  for (stacked = 0; stacked < source->lines->stacked; ++stacked) {
    const int8_t* row = source->input + y * source->width * source->options->input_channels;
    if (y < 0 || y >= source->height) {
      load_padding(source, line);
    } else if (source->lines->folded) {
      load_windows(source, row, line);
    } else {
      load_phases(source, row, line);
    }
    y += source->options->stride_height;
    line += DTMM_MVE_BYTES * source->lines->plane_vectors;
  }
}

#endif /* DTMM_USE_MVE */
