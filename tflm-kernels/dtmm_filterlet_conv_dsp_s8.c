/* Filterlet convolution with the DSP instructions: a rolling buffer of lines of int16 pairs, so that every
 * input value is converted once, and computed on row by row. Any kernel, stride, padding, dilation and width;
 * blocks that are neither whole filterlets nor whole quads of channels run in the portable kernel. */
#include "dtmm_dsp.h"
#include "dtmm_filterlet_dsp.h"
#include "dtmm_lines_dsp.h"

#if DTMM_USE_DSP

enum { kMaxTaps = DTMM_MAX_KERNEL_SIZE * DTMM_MAX_KERNEL_SIZE };

/* Up to four int8 values; those that are missing are 0. */
static uint32_t load_quad(const int8_t* values, int32_t count) {
  return count < kDtmmQuad ? dtmm_load_some(values, count) : dtmm_load_word(values);
}

/* Fills `count` columns of a line, from every `step`-th int8 of the input on. Channels that fill up the last
 * quad are 0. */
static void load_columns(const DtmmLines* lines, const int8_t* input, int32_t channels, int32_t step,
                         int32_t count, uint32_t* line) {
  const int32_t pitch = dtmm_quad_pitch(lines);
  for (; channels > 0; channels -= kDtmmQuad) {
    const int8_t* values = input;
    uint32_t* words = line;
    uint32_t* end = words + count * kDtmmColumnWords;
    while (words != end) {
      const uint32_t word = load_quad(values, channels);
      *words++ = (uint32_t)dtmm_even_pair(word);
      *words++ = (uint32_t)dtmm_odd_pair(word);
      values += step;
    }
    input += kDtmmQuad;
    line += pitch;
  }
}

/* Fills a line with the zero point: a row of padding. */
static void load_padding(const DtmmLines* lines, const DtmmFilterletOptions* options, uint32_t* line) {
  const int8_t zero_points[kDtmmQuad] = {(int8_t)options->input_zero_point, (int8_t)options->input_zero_point,
                                         (int8_t)options->input_zero_point,
                                         (int8_t)options->input_zero_point};
  int32_t channels = options->input_channels;
  for (; channels > 0; channels -= kDtmmQuad) {
    /* A step of 0 repeats the values. */
    load_columns(lines, zero_points, dtmm_min(channels, kDtmmQuad), 0, lines->columns, line);
    line += dtmm_quad_pitch(lines);
  }
}

/* Fills a line with a row of the input (NULL if it lies outside of the input) and what pads it. */
static void load_line(const DtmmLines* lines, const DtmmFilterletOptions* options, int32_t pad_left,
                      const int8_t* row, int32_t input_width, uint32_t* line) {
  const int32_t channels = options->input_channels;
  int32_t phase;
  if (row == NULL || lines->width > input_width) load_padding(lines, options, line);
  if (row == NULL) return;
  for (phase = 0; phase < lines->phases; ++phase) {
    /* Padded columns of this phase that are columns of the input: the first, and behind the last. */
    const int32_t lack = pad_left - phase;
    const int32_t first = phase + (lack > 0 ? dtmm_ceil_div(lack, lines->stride) * lines->stride : 0);
    const int32_t end = dtmm_min(pad_left + input_width, lines->width);
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
  const int32_t line_words = dtmm_line_words(&lines);
  const uint32_t* taps[kMaxTaps];
  const DtmmDspRow row = {taps, dtmm_quad_pitch(&lines), shape->output.width};
  int32_t next_line = 0; /* first padded row that was not loaded yet */
  int32_t y;
  for (y = 0; y < shape->output.height; ++y) {
    const int32_t top = y * options->stride_height;
    int32_t line = next_line > top ? next_line : top;
    int32_t tap = 0;
    int32_t k;
    for (; line < top + lines.count; ++line) {
      const int32_t from = line - geometry.pad_top;
      const int inside = from >= 0 && from < shape->input.height;
      load_line(&lines, options, geometry.pad_left,
                inside ? input + from * shape->input.width * options->input_channels : NULL,
                shape->input.width, buffer + (line % lines.count) * line_words);
    }
    next_line = line;
    for (k = 0; k < options->kernel_height; ++k) {
      const uint32_t* from = buffer + ((top + k * options->dilation_height) % lines.count) * line_words;
      int32_t column;
      for (column = 0; column < options->kernel_width; ++column) {
        taps[tap++] = from + dtmm_line_column(&lines, column * options->dilation_width) * kDtmmColumnWords;
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
  const uint32_t* const taps[1] = {buffer};
  const int32_t channels = options->input_channels;
  int32_t left = shape->output.batches * shape->output.height * shape->output.width;
  while (left > 0) {
    const DtmmDspRow row = {taps, dtmm_quad_pitch(&lines), dtmm_min(left, lines.width)};
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
