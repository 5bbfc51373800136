#include "dtmm_read_filters_mve.h"

#include "dtmm_target.h"

#if DTMM_USE_MVE

#include <arm_mve.h>

#include "dtmm_index_bits_mve.h"
#include "dtmm_index_reader.h"
#include "dtmm_requantize.h"

/* Weights on their way into whole cells. */
typedef struct Expansion {
  const int8_t* packed; /* the next ones */
  int8_t* next;         /* next free cell */
  int32_t cell;         /* the last one, -1 before the first of a filter */
} Expansion;

/* Sets the bit of a cell. */
static void set_cell(int32_t* words, int32_t cell) {
  words[cell / DTMM_MVE_WORD_CELLS] |= (int32_t)(0x80000000u >> (cell % DTMM_MVE_WORD_CELLS));
}

/* Sets the bits of a filter of `blocks` blocks of block_cells cells, which start at `bit` of the index. */
static void read_whole_cells(const DtmmPackedTensors* packed, int32_t bit, int32_t blocks,
                             int32_t block_cells, int32_t* words) {
  enum { kChunk = DTMM_MVE_WORD_CELLS / 2 }; /* of one word */
  int32_t done;
  for (done = 0; done < blocks; done += kChunk) {
    uint32_t kept = dtmm_index_bits_mve(packed, bit + done, dtmm_min(kChunk, blocks - done));
    if (block_cells == 1) {
      words[done / DTMM_MVE_WORD_CELLS] |=
          (int32_t)(dtmm_reverse_bits_mve(kept) >> (done % DTMM_MVE_WORD_CELLS));
    } else {
      for (; kept != 0; kept &= kept - 1) {
        const int32_t first = (done + dtmm_lowest_bit(kept)) * block_cells;
        int32_t cell;
        for (cell = first; cell < first + block_cells; ++cell) set_cell(words, cell);
      }
    }
  }
}

/* Moves a block of `length` weights to channels `channel` on of the tap whose first cell is `tap`. Cells are
 * entered in order, at first with weights of 0. */
static void expand_block(Expansion* to, int32_t tap, int32_t channel, int32_t length, int32_t* words) {
  while (length > 0) {
    const int32_t lane = channel % DTMM_MVE_BYTES;
    const int32_t bytes = dtmm_min(DTMM_MVE_BYTES - lane, length);
    const mve_pred16_t lanes = vctp8q((uint32_t)bytes);
    const int32_t cell = tap + channel / DTMM_MVE_BYTES;
    if (cell != to->cell) {
      to->cell = cell;
      set_cell(words, cell);
      vstrbq_s8(to->next, vdupq_n_s8(0));
      to->next += DTMM_MVE_BYTES;
    }
    vstrbq_p_s8(to->next - DTMM_MVE_BYTES + lane, vldrbq_z_s8(to->packed, lanes), lanes);
    to->packed += bytes;
    channel += bytes;
    length -= bytes;
  }
}

/* Sets the bits of a filter of any blocks, which start at `bit` of the index, and expands its weights. */
static void expand_filter(const DtmmPackedTensors* packed, const DtmmLinesMve* lines, int32_t bit,
                          int32_t block, Expansion* to, int32_t* words) {
  int32_t tap;
  to->cell = -1;
  for (tap = 0; tap < lines->cells; tap += lines->planes) {
    int32_t channel;
    for (channel = 0; channel < lines->channels; channel += block) {
      if (dtmm_index_bits_mve(packed, bit++, 1) == 0) continue;
      expand_block(to, tap, channel, dtmm_min(block, lines->channels - channel), words);
    }
  }
}

const int8_t* dtmm_read_filters_mve(const DtmmFilterletOptions* options, const DtmmPackedTensors* packed,
                                    const DtmmLinesMve* lines, int32_t first, int32_t count,
                                    const int8_t* weights, int8_t* expanded, int32_t* records) {
  const DtmmOutputRange range = {options->output_zero_point, options->activation_min,
                                 options->activation_max};
  const int32_t filters = options->output_channels;
  const int32_t block = options->block_channels;
  const int32_t blocks = lines->taps * dtmm_ceil_div(lines->channels, block);
  const int32_t block_cells = lines->whole_cells ? lines->cells / blocks : 0;
  const int32_t shift_at = lines->record_words - 1;
  Expansion to = {weights, expanded, -1};
  int32_t filter;
  for (filter = first; filter < first + count; ++filter) {
    int32_t word;
    for (word = 1; word < shift_at - 1; ++word) records[word] = 0;
    if (lines->whole_cells) {
      read_whole_cells(packed, filter * blocks, blocks, block_cells, records + 1);
    } else {
      expand_filter(packed, lines, filter * blocks, block, &to, records + 1);
    }
    records[0] = dtmm_folded_bias(packed->records, filters, filter);
    records[shift_at - 1] = dtmm_multiplier(packed->records, filters, filter);
    records[shift_at] = dtmm_shift(packed->records, filters, filter);
    if (shift_at == 3 && records[1] == 0) {
      records[0] = dtmm_requantize(records[0], records[2], records[3], &range);
    }
    records += lines->record_words;
  }
  records[0] = 0;
  records[1] = 0;
  return to.packed;
}

#endif /* DTMM_USE_MVE */
