#include "dtmm_read_filters_mve.h"

#include "dtmm_target.h"

#if DTMM_USE_MVE

#include <arm_mve.h>
#include <string.h>

#include "dtmm_index_reader.h"
#include "dtmm_requantize.h"

/* Writes a word to any halfword; returns what follows it. */
static uint16_t* put_word(uint16_t* to, int32_t word) {
  memcpy(to, &word, sizeof word);
  return to + 2;
}

/* Lists the cells of the next filter, whose blocks are whole cells. Returns the end of the list. */
static uint16_t* list_cells(DtmmLayerMve* layer, uint16_t* list) {
  enum { kChunk = 9 }; /* index bits that lie in two bytes, wherever they start */
  const DtmmPackedTensors* packed = layer->packed;
  const int32_t blocks = layer->lines.blocks;
  const uint32_t block_cells = (uint32_t)(layer->lines.cells / blocks);
  int32_t done;
  for (done = 0; done < blocks; done += kChunk) {
    const uint32_t bit = layer->next_bit;
    const uint32_t byte = bit / 8;
    const int32_t count = dtmm_min(kChunk, blocks - done);
    uint32_t kept = packed->index[byte];
    if (byte + 1 < (uint32_t)packed->index_bytes) kept |= (uint32_t)packed->index[byte + 1] << 8;
    kept = kept >> bit % 8 & ((1u << count) - 1);
    layer->next_bit += (uint32_t)count;
    for (; kept != 0; kept &= kept - 1) {
      uint32_t cell = (uint32_t)(done + dtmm_lowest_bit(kept)) * block_cells;
      uint32_t left = block_cells;
      do *list++ = (uint16_t)++cell;
      while (--left != 0);
    }
  }
  return list;
}

/* Lists the cells of the next filter, of any blocks, and moves its weights to cells from `to` on. A cell is
 * entered with weights of 0, and the blocks of a filter come in the order of its cells. */
static uint16_t* expand_cells(DtmmLayerMve* layer, int8_t* to, uint16_t* list) {
  const DtmmLinesMve* lines = &layer->lines;
  int32_t last_cell = -1;
  int32_t tap;
  to -= DTMM_MVE_BYTES;
  for (tap = 0; tap < lines->cells; tap += lines->planes) {
    int32_t channel = 0;
    do {
      const int32_t end = dtmm_min(channel + layer->options->block_channels, lines->channels);
      const uint32_t bit = layer->next_bit++;
      if ((layer->packed->index[bit / 8] >> bit % 8 & 1) == 0) channel = end;
      while (channel < end) {
        const int32_t plane = channel >> 4;
        const int32_t count = dtmm_min((plane + 1) * DTMM_MVE_BYTES, end) - channel;
        const mve_pred16_t lanes = vctp8q((uint32_t)count);
        int32_t lane = channel % DTMM_MVE_BYTES;
        if (plane > 0 && plane == lines->planes - 1) lane = channel - (lines->channels - DTMM_MVE_BYTES);
        if (last_cell != tap + plane) {
          last_cell = tap + plane;
          *list++ = (uint16_t)(last_cell + 1);
          to += DTMM_MVE_BYTES;
          vstrbq_s8(to, vdupq_n_s8(0));
        }
        vstrbq_p_s8(to + lane, vldrbq_z_s8(layer->next_weights, lanes), lanes);
        layer->next_weights += count;
        channel += count;
      }
    } while (channel < lines->channels);
  }
  return list;
}

void dtmm_read_filters_mve(DtmmLayerMve* layer) {
  const DtmmFilterletOptions* options = layer->options;
  const DtmmLinesMve* lines = &layer->lines;
  const uint8_t* parameters = layer->packed->records;
  const DtmmOutputRange range = {options->output_zero_point, options->activation_min,
                                 options->activation_max};
  const int32_t filters = options->output_channels;
  const uint16_t* last_record = layer->record_end - DTMM_MVE_RECORD_BYTES(lines->cells) / 2;
  uint16_t* record = layer->records;
  int32_t filter = layer->next_filter;
  int32_t cells = 0; /* in all records */
  do {
    const int32_t bias = dtmm_folded_bias(parameters, filters, filter);
    const int32_t multiplier = dtmm_multiplier(parameters, filters, filter);
    const int32_t shift = dtmm_shift(parameters, filters, filter);
    uint16_t* list = put_word(record, bias);
    uint16_t* end;
    if (lines->whole_cells) {
      end = list_cells(layer, list);
    } else {
      end = expand_cells(layer, layer->expanded + cells * DTMM_MVE_BYTES, list);
    }
    *end = 0;
    if (end == list) {
      put_word(record, dtmm_requantize(bias, multiplier, shift, &range));
      record = end + 1;
    } else {
      cells += (int32_t)(end - list);
      put_word(end + 1, multiplier);
      end[3] = (uint16_t)shift;
      record = end + 4;
    }
  } while (++filter < filters && record <= last_record &&
           (lines->whole_cells || (cells + lines->cells) * DTMM_MVE_BYTES <= lines->expanded_bytes));
  *put_word(record, DTMM_ROW_END_MVE) = 0;
  layer->next_filter = filter;
  if (lines->whole_cells) layer->next_weights += cells * lines->cell_vectors * DTMM_MVE_BYTES;
}

#endif /* DTMM_USE_MVE */
