#include "dtmm_list_runs_dsp.h"

#include "dtmm_index_dsp.h"

#if DTMM_USE_DSP

/* Moves the weights of runs that can't be multiplied where they lie, with zeros around them. The lowest bits
 * of their offsets say how many channels of the first quad are not theirs. */
static void move_runs(const DtmmLayerDsp* layer, const int8_t* weights, const DtmmRunDsp* end) {
  const int8_t* const weights_end = layer->packed->weights + layer->packed->weight_bytes;
  int8_t* moved = layer->spread;
  DtmmRunDsp* run;
  if (!layer->odd && weights_end - weights >= DTMM_DSP_QUAD - 1) return;
  for (run = layer->runs; run != end; ++run) {
    const int8_t* const from = run->weights;
    const size_t count = (size_t)((run + 1 == end ? weights : run[1].weights) - from);
    const int32_t lead = run->offset & 3;
    const size_t bytes = ((size_t)lead + count + 3) & ~(size_t)3;
    if (!layer->odd && (size_t)(weights_end - from) >= bytes) continue;
    memset(moved, 0, bytes);
    memcpy(moved + lead, from, count);
    run->offset -= lead;
    run->weights = moved;
    moved += bytes;
  }
}

/* Ends the list in front of `run`; returns the weights that follow. */
static const int8_t* end_list(const DtmmLayerDsp* layer, const int8_t* weights, DtmmRunDsp* run) {
  run->skip = 0;
  if (layer->odd || layer->ragged) move_runs(layer, weights, run);
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
  const int32_t quad_bytes = 4 * layer->quad_words;
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
      int32_t channel;
      int32_t channels;
      int32_t lead; /* channels of the first quad in front of the run */
      int32_t more; /* quads behind the first */
      block += skipped;
      kept <<= skipped;
      tap = block / tap_blocks;
      first = block - tap * tap_blocks;
      blocks = dtmm_min(dtmm_leading_zeros(~kept), tap_blocks - first);
      block += blocks;
      kept <<= blocks;
      channel = first * block_channels;
      channels = blocks * block_channels;
      if (first + blocks == tap_blocks) channels -= layer->excess;
      lead = channel & 3;
      run->offset = taps[tap] + (channel >> 2) * quad_bytes + lead;
      run->weights = weights;
      more = (lead + channels - 1) >> 2;
      dtmm_set_quads_dsp(run, more, layer->step);
      weights += channels;
    }
    next += DTMM_DSP_INDEX_BITS;
    bit += DTMM_DSP_INDEX_BITS;
  }
  return end_list(layer, weights, run);
}

#endif /* DTMM_USE_DSP */
