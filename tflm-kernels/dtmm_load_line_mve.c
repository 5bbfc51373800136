#include "dtmm_load_line_mve.h"

#include "dtmm_target.h"

#if DTMM_USE_MVE

#include <arm_mve.h>
#include <string.h>

/* Lays out an input row. */
static void load_row(const DtmmLayerMve* layer, const int8_t* row, int8_t* line) {
  const DtmmLinesMve* lines = &layer->lines;
  const int32_t channels = layer->options->input_channels;
  const int32_t stride = layer->options->stride_width;
  const int32_t step = stride * channels;
  const int32_t column_bytes = lines->column_bytes;
  int32_t pad = lines->pad_left; /* input columns from column 0 of the phase to that of the row */
  int32_t width = lines->input_width;
  int32_t phase;
  if (lines->row_bytes > 0) {
    /* A vector may reach beyond the input, so the row is padded aside. */
    memcpy(layer->padded_row + pad * channels, row,
           (size_t)dtmm_min(width * channels, lines->row_bytes - pad * channels));
    row = layer->padded_row;
    width = lines->columns * stride;
    pad = 0;
  }
  for (phase = lines->phases; phase > 0; --phase, --pad) {
    /* The columns of the phase that are no padding. */
    const int32_t first = (pad + stride - 1) / stride;
    const int32_t end = dtmm_min(lines->columns, (pad + stride - 1 + width) / stride);
    const int8_t* from = row + first * step - pad * channels;
    int8_t* to = line + first * column_bytes;
    int32_t channel = 0;
    line += lines->phase_bytes;
    for (; to < line; to += lines->plane_bytes) {
      const int8_t* next = from + channel;
      int8_t* vector = to;
      int32_t left;
      for (left = end - first; left > 0; --left) {
        vstrbq_s8(vector, vldrbq_s8(next));
        next += step;
        vector += column_bytes;
      }
      channel = dtmm_min(channel + DTMM_MVE_BYTES, lines->channels - DTMM_MVE_BYTES);
    }
  }
}

void dtmm_load_line_mve(const DtmmLayerMve* layer, int32_t top, int8_t* line) {
  const DtmmLinesMve* lines = &layer->lines;
  const int8x16_t padding = vdupq_n_s8((int8_t)layer->options->input_zero_point);
  const int32_t width = lines->input_width;
  int32_t y = top - lines->pad_top;
  int32_t stacked;
  for (stacked = lines->stacked; stacked > 0; --stacked) {
    if (y < 0 || y >= lines->input_height) {
      int32_t at;
      for (at = 0; at < lines->line_bytes; at += lines->column_bytes) vstrbq_s8(line + at, padding);
    } else {
      const int32_t position = dtmm_min(y * width, lines->positions - width);
      load_row(layer, layer->image + position * layer->options->input_channels, line);
    }
    y += layer->options->stride_height;
    line += DTMM_MVE_BYTES;
  }
}

#endif /* DTMM_USE_MVE */
