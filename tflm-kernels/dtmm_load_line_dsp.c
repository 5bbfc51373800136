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
    const uint32_t* const end = line + layer->quad_words;
    if (channels < DTMM_DSP_QUAD) word &= ((uint32_t)1 << 8 * channels) - 1;
    for (; line != end; line += DTMM_DSP_COLUMN_WORDS) store_column(word, line);
  }
}

/* Fills `count` columns with a quad of every `step`-th int8 of the input on; of channels, so many are left.
 */
static inline void load_quad(const int8_t* input, int32_t channels, int32_t step, int32_t count,
                             uint32_t* column) {
  if (channels >= DTMM_DSP_QUAD) {
    for (; count >= 2; count -= 2) {
      const uint32_t word = dtmm_load_word(input);
      input += step;
      store_column(word, column);
      store_column(dtmm_load_word(input), column + DTMM_DSP_COLUMN_WORDS);
      input += step;
      column += 2 * DTMM_DSP_COLUMN_WORDS;
    }
  }
  for (; count > 0; --count) {
    store_column(channels >= DTMM_DSP_QUAD ? dtmm_load_word(input) : dtmm_load_some(input, channels), column);
    input += step;
    column += DTMM_DSP_COLUMN_WORDS;
  }
}

void dtmm_load_line_dsp(const DtmmLayerDsp* layer, int32_t left, const int8_t* row, uint32_t* line) {
  const int32_t stride = layer->options->stride_width;
  const int32_t all_channels = layer->input.channels;
  const int32_t right = dtmm_min(left + layer->input.width, layer->width);
  int32_t phase;
  for (phase = 0; phase < layer->phases; ++phase) {
    /* Columns of the phase that lie left of the input, if any. */
    const int32_t lack = (left - phase + stride - 1) / stride;
    const int32_t skipped = lack > 0 ? lack : 0;
    const int32_t count = (right - phase + stride - 1) / stride - skipped;
    const int8_t* input = row + (phase + skipped * stride - left) * all_channels;
    uint32_t* column = line + skipped * DTMM_DSP_COLUMN_WORDS;
    int32_t channels;
    for (channels = all_channels; channels > 0; channels -= DTMM_DSP_QUAD) {
      load_quad(input, channels, stride * all_channels, count, column);
      input += DTMM_DSP_QUAD;
      column += layer->quad_words;
    }
    line += layer->phase_words;
  }
}

#endif /* DTMM_USE_DSP */
