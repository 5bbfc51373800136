#include "dtmm_load_line_dsp.h"

#include "dtmm_dsp.h"

#if DTMM_USE_DSP

static inline void store_column(uint32_t word, uint32_t* column) {
  dtmm_store_two(column, dtmm_even_pair(word), dtmm_odd_pair(word));
}

void dtmm_clear_line_dsp(const DtmmLayerDsp* layer, uint32_t* line) {
  uint32_t word = (uint32_t)(layer->options->input_zero_point & 0xff) * 0x01010101;
  int32_t channels = layer->input.channels;
  for (; channels > 0; channels -= DTMM_DSP_QUAD) {
    const uint32_t* const end = line + layer->quad_bytes / 4;
    if (channels < DTMM_DSP_QUAD) word &= ((uint32_t)1 << 8 * channels) - 1;
    for (; line != end; line += DTMM_DSP_COLUMN_WORDS) store_column(word, line);
  }
}

/* Fills columns up to `end` with a quad of every `step`-th int8 of the input on; of channels, so many are
 * left. */
static inline void load_quad(const int8_t* input, int32_t channels, int32_t step, uint32_t* column,
                             const uint32_t* end) {
  if (channels >= DTMM_DSP_QUAD) {
    const uint32_t* const last = end - DTMM_DSP_COLUMN_WORDS;
    while (column < last) {
      const uint32_t word = dtmm_load_word(input);
      input += step;
      store_column(word, column);
      store_column(dtmm_load_word(input), column + DTMM_DSP_COLUMN_WORDS);
      input += step;
      column += 2 * DTMM_DSP_COLUMN_WORDS;
    }
  }
  for (; column != end; column += DTMM_DSP_COLUMN_WORDS) {
    store_column(channels >= DTMM_DSP_QUAD ? dtmm_load_word(input) : dtmm_load_some(input, channels), column);
    input += step;
  }
}

void dtmm_load_line_dsp(const DtmmLayerDsp* layer, int32_t left, const int8_t* row, uint32_t* line) {
  const int32_t stride = layer->options->stride_width;
  const int32_t step = stride * layer->input.channels;
  const int32_t right = dtmm_min(left + layer->input.width, layer->width);
  int32_t phase;
  for (phase = 0; phase < layer->phases; ++phase) {
    /* Columns of this phase that lie left of the input, and that do not lie right of it. */
    const int32_t skipped = left > phase ? dtmm_ceil_div(left - phase, stride) : 0;
    const int32_t end = right > phase ? dtmm_ceil_div(right - phase, stride) : 0;
    const int8_t* input = row + (phase + skipped * stride - left) * layer->input.channels;
    uint32_t* column = line + skipped * DTMM_DSP_COLUMN_WORDS;
    const uint32_t* columns_end = line + end * DTMM_DSP_COLUMN_WORDS;
    int32_t channels = layer->input.channels;
    line += layer->phase_columns * DTMM_DSP_COLUMN_WORDS;
    if (skipped >= end) continue;
    for (; channels > 0; channels -= DTMM_DSP_QUAD) {
      load_quad(input, channels, step, column, columns_end);
      input += DTMM_DSP_QUAD;
      column += layer->quad_bytes / 4;
      columns_end += layer->quad_bytes / 4;
    }
  }
}

#endif /* DTMM_USE_DSP */
