#include "dtmm_list_runs_dsp.h"

#include "dtmm_index_dsp.h"

#if DTMM_USE_DSP

/* Moves weights of channels `lead` to lead + count of some quads and sets the others to 0; returns the place
 * behind these quads. */
static int8_t* spread(int8_t* to, const int8_t* weights, int32_t lead, int32_t count) {
  const size_t bytes = (size_t)(lead + count + 3) & ~(size_t)3;
  memset(to, 0, bytes);
  memcpy(to + lead, weights, (size_t)count);
  return to + bytes;
}

/* Moves the weights of runs whose last quad ends behind the weights of the layer. */
static void move_last(const DtmmLayerDsp* layer, const int8_t* weights, DtmmRunDsp* end) {
  const int8_t* const weights_end = layer->packed->weights + layer->packed->weight_bytes;
  int8_t* moved = layer->spread;
  DtmmRunDsp* run;
  if (weights_end - weights >= DTMM_DSP_QUAD - 1) return;
  for (run = layer->runs; run != end; ++run) {
    const int8_t* const from = run->weights;
    const int32_t count = (int32_t)((run + 1 == end ? weights : run[1].weights) - from);
    if (weights_end - from >= ((count + 3) & -4)) continue;
    run->weights = moved;
    moved = spread(moved, from, 0, count);
  }
}

/* Ends the list in front of `run`; returns the weights that follow. */
static const int8_t* end_list(const DtmmLayerDsp* layer, const int8_t* weights, DtmmRunDsp* run) {
  run->skip = 0;
  if (layer->ragged) move_last(layer, weights, run);
  return weights;
}

const int8_t* dtmm_list_filterlets_dsp(const DtmmLayerDsp* layer, uint32_t bit, const int8_t* weights) {
  const int32_t channels = layer->input.channels;
  const int32_t* tap = layer->taps;
  DtmmRunDsp* run = layer->runs;
  const uint32_t loops = layer->whole.loops;
  const int32_t skip = layer->whole.skip;
  int32_t left = layer->blocks;
  for (; left > 0; left -= DTMM_DSP_INDEX_BITS) {
    const int32_t* next = tap;
    uint32_t kept = dtmm_index_bits(layer->packed, bit, dtmm_min(DTMM_DSP_INDEX_BITS, left));
    for (; kept != 0; kept <<= 1) {
      const int32_t skipped = dtmm_leading_zeros(kept);
      next += skipped;
      kept <<= skipped;
      run->offset = *next++;
      run->weights = weights;
      run->loops = loops;
      run->skip = skip;
      ++run;
      weights += channels;
    }
    tap += DTMM_DSP_INDEX_BITS;
    bit += DTMM_DSP_INDEX_BITS;
  }
  return end_list(layer, weights, run);
}

const int8_t* dtmm_list_blocks_dsp(const DtmmLayerDsp* layer, uint32_t bit, const int8_t* weights) {
  const int32_t block_channels = layer->options->block_channels;
  const int32_t tap_blocks = layer->tap_blocks;
  const int32_t* const taps = layer->taps;
  int8_t* moved = layer->spread;
  DtmmRunDsp* run = layer->runs;
  int32_t left = layer->blocks;
  int32_t next = 0; /* block of the filter */
  for (; left > 0; left -= DTMM_DSP_INDEX_BITS) {
    uint32_t kept = dtmm_index_bits(layer->packed, bit, dtmm_min(DTMM_DSP_INDEX_BITS, left));
    int32_t block = next;
    for (; kept != 0; ++run) {
      const int32_t skipped = dtmm_leading_zeros(kept);
      int32_t tap;
      int32_t first; /* block of the tap */
      int32_t blocks;
      int32_t channels;
      int32_t more; /* quads behind the first */
      block += skipped;
      kept <<= skipped;
      tap = block / tap_blocks;
      first = block - tap * tap_blocks;
      blocks = dtmm_min(dtmm_leading_zeros(~kept), tap_blocks - first);
      block += blocks;
      kept <<= blocks;
      channels = blocks * block_channels;
      if (first + blocks == tap_blocks) channels -= layer->excess;
      run->weights = weights;
      if (!layer->odd) {
        run->offset = taps[tap] + first * layer->block_bytes;
        more = (channels - 1) >> 2;
      } else {
        const int32_t channel = first * block_channels;
        run->offset = taps[tap] + 4 * (channel >> 2) * layer->quad_words;
        run->weights = moved;
        moved = spread(moved, weights, channel & 3, channels);
        more = ((channel & 3) + channels - 1) >> 2;
      }
      dtmm_set_quads_dsp(run, more, layer->step);
      weights += channels;
    }
    next += DTMM_DSP_INDEX_BITS;
    bit += DTMM_DSP_INDEX_BITS;
  }
  return end_list(layer, weights, run);
}

#endif /* DTMM_USE_DSP */
