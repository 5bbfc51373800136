/* Filterlet convolution with the DSP instructions: a rolling buffer of lines of int16 pairs, so that every
 * input value is converted once, and computed on row by row. Any kernel, stride, padding, dilation and width;
 * blocks that are neither whole filterlets nor whole quads of channels run in the portable kernel. */
#include "dtmm_dsp.h"
#include "dtmm_filterlet_dsp.h"
#include "dtmm_lines_dsp.h"

#if DTMM_USE_DSP

enum { kMaxTaps = DTMM_MAX_KERNEL_SIZE * DTMM_MAX_KERNEL_SIZE };

static inline void store_column(uint32_t word, uint32_t* column) {
  column[0] = (uint32_t)dtmm_even_pair(word);
  column[1] = (uint32_t)dtmm_odd_pair(word);
}

/* Fills `count` columns of a line, from every `step`-th int8 of the input on. Channels that fill up the last
 * quad are 0. */
static void load_columns(const DtmmLines* lines, const int8_t* input, int32_t channels, int32_t step,
                         int32_t count, uint32_t* line) {
  for (; channels > 0; channels -= kDtmmQuad) {
    const int8_t* values = input;
    uint32_t* words = line;
    const uint32_t* end = words + count * kDtmmColumnWords;
    while (channels < kDtmmQuad && words != end) {
      store_column(dtmm_load_some(values, channels), words);
      values += step;
      words += kDtmmColumnWords;
    }
    while (words != end) {
      store_column(dtmm_load_word(values), words);
      values += step;
      words += kDtmmColumnWords;
    }
    input += kDtmmQuad;
    line += lines->columns * kDtmmColumnWords;
  }
}

/* Fills a line with the zero point: a row of padding. */
static void load_padding(const DtmmLines* lines, const DtmmFilterletOptions* options, uint32_t* line) {
  int8_t zero_points[kDtmmQuad];
  int32_t channels = options->input_channels;
  memset(zero_points, options->input_zero_point, sizeof zero_points);
  for (; channels > 0; channels -= kDtmmQuad) {
    load_columns(lines, zero_points, dtmm_min(channels, kDtmmQuad), 0, lines->columns, line);
    line += lines->columns * kDtmmColumnWords;
  }
}

/* Fills those columns of a line that lie inside of the input with one of its rows. */
static void load_row(const DtmmLines* lines, int32_t pad_left, const int8_t* row, int32_t width,
                     int32_t channels, uint32_t* line) {
  const int32_t end = dtmm_min(pad_left + width, lines->width);
  int32_t phase;
  for (phase = 0; phase < lines->phases; ++phase) {
    /* The first padded column of this phase that is inside. */
    const int32_t lack = pad_left - phase;
    const int32_t first = phase + (lack > 0 ? dtmm_ceil_div(lack, lines->stride) * lines->stride : 0);
    if (first >= end) continue;
    load_columns(lines, row + (first - pad_left) * channels, channels, lines->stride * channels,
                 dtmm_ceil_div(end - first, lines->stride),
                 line + dtmm_line_column(lines, first) * kDtmmColumnWords);
  }
}

/* One image of a batch. */
static void convolve_image(const DtmmFilterletOptions* options, const DtmmConvShape* shape,
                           const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                           uint32_t* buffer) {
  const DtmmConvGeometry geometry = dtmm_conv_geometry(options, shape);
  const DtmmLines lines = dtmm_lines(options, shape);
  const int32_t line_columns = lines.quads * lines.columns;
  const int32_t input_row_bytes = shape->input.width * options->input_channels;
  uint16_t taps[kMaxTaps];
  const DtmmDspRow row = {buffer, taps, lines.columns * kDtmmColumnBytes, shape->output.width};
  int32_t next_line = 0; /* first padded row that was not loaded yet */
  int32_t y;
  for (y = 0; y < shape->output.height; ++y) {
    const int32_t top = y * options->stride_height;
    int32_t line = next_line > top ? next_line : top;
    int32_t tap = 0;
    int32_t k;
    for (; line < top + lines.count; ++line) {
      uint32_t* to = buffer + (line % lines.count) * line_columns * kDtmmColumnWords;
      const int32_t from = line - geometry.pad_top;
      const int inside = from >= 0 && from < shape->input.height;
      /* Columns of padding stay as they are when another row comes into the line. */
      if (!inside || y == 0) load_padding(&lines, options, to);
      if (!inside) continue;
      load_row(&lines, geometry.pad_left, input + from * input_row_bytes, shape->input.width,
               options->input_channels, to);
    }
    next_line = line;
    for (k = 0; k < options->kernel_height; ++k) {
      const int32_t from = (top + k * options->dilation_height) % lines.count * line_columns;
      int32_t column;
      for (column = 0; column < options->kernel_width; ++column) {
        taps[tap++] = (uint16_t)((from + dtmm_line_column(&lines, column * options->dilation_width)) *
                                 kDtmmColumnBytes);
      }
    }
    dtmm_filterlet_row_dsp_s8(options, packed, &row, output);
    output += shape->output.width * options->output_channels;
  }
}

/* A layer whose positions are independent of their place: the batch is one long row, taken in tiles. */
static void convolve_positions(const DtmmFilterletOptions* options, const DtmmConvShape* shape,
                               const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                               uint32_t* buffer) {
  const DtmmLines lines = dtmm_lines(options, shape);
  const int32_t channels = options->input_channels;
  const uint16_t tap = 0;
  int32_t left = shape->output.batches * shape->output.height * shape->output.width;
  while (left > 0) {
    const DtmmDspRow row = {buffer, &tap, lines.columns * kDtmmColumnBytes, dtmm_min(left, lines.width)};
    load_columns(&lines, input, channels, channels, row.width, buffer);
    dtmm_filterlet_row_dsp_s8(options, packed, &row, output);
    input += row.width * channels;
    output += row.width * options->output_channels;
    left -= row.width;
  }
}

void dtmm_filterlet_conv_dsp_s8(const DtmmFilterletOptions* options, const DtmmConvShape* shape,
                                const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                                int8_t* scratch) {
  const int32_t image = shape->input.height * shape->input.width * shape->input.channels;
  const int32_t result = shape->output.height * shape->output.width * shape->output.channels;
  uint32_t* buffer = (uint32_t*)(void*)scratch;
  int32_t batch;
  if (!dtmm_filterlet_dsp_fits(options, shape)) {
    dtmm_filterlet_conv_s8(options, shape, packed, input, output, scratch);
    return;
  }
  if (dtmm_is_pointwise(options)) {
    convolve_positions(options, shape, packed, input, output, buffer);
    return;
  }
  for (batch = 0; batch < shape->input.batches; ++batch) {
    convolve_image(options, shape, packed, input + batch * image, output + batch * result, buffer);
  }
}

#endif
