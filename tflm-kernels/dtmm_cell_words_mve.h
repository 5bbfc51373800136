/* From the index of a filter to the words of cells that the inner loop of dtmm_filter_mve.h runs over. */
#ifndef DTMM_CELL_WORDS_MVE_H_
#define DTMM_CELL_WORDS_MVE_H_

#include <arm_mve.h>
#include <stdint.h>

#include "dtmm_filter_mve.h"
#include "dtmm_index_reader.h"
#include "dtmm_lines_mve.h"
#include "dtmm_packed_format.h"
#include "dtmm_packed_layer.h"

/* The filters of a layer, and where the current one goes. */
typedef struct DtmmFiltersMve {
  const uint8_t* index;
  int32_t last_word;       /* byte of the index where its last four start; it has at least four */
  DtmmCellWord* words;     /* of the current filter */
  int8_t* expanded;        /* its weights in whole cells, if the blocks are not */
  int32_t taps;
  int32_t channels;        /* of a tap */
  int32_t block;           /* channels of a block */
  int32_t tap_cells;       /* cells of a tap */
  int32_t block_cells;     /* cells of a block, if it is whole cells */
} DtmmFiltersMve;

/* `count` (at most 25) bits of the index from `bit` on, the first in bit 0. */
static inline uint32_t dtmm_index_bits_mve(const DtmmFiltersMve* filters, int32_t bit, int32_t count) {
  const int32_t byte = dtmm_min(bit >> 3, filters->last_word);
  const uint32_t word = (uint32_t)dtmm_load_int32(filters->index + byte);
  return (word >> (bit - 8 * byte)) & (((uint32_t)1 << count) - 1);
}

/* Each bit `count` (1 to 32) times in a row. The result fits. */
static inline uint32_t dtmm_repeat_bits_mve(uint32_t bits, int32_t count) {
  const uint32_t ones = 0xFFFFFFFFu >> (32 - count);
  uint32_t repeated = 0;
  if (count == 1) return bits;
  for (; bits != 0; bits &= bits - 1) repeated |= ones << (dtmm_lowest_bit(bits) * count);
  return repeated;
}

/* Writes a word whose bit 0 is cell `first`, and moves `*position` there from the word before. */
static inline DtmmCellWord* dtmm_put_word_mve(DtmmCellWord* word, uint32_t bits, int32_t first,
                                              int32_t* position) {
  word->bits = bits;
  word->skip = (first - *position) * (int32_t)sizeof(int8_t*);
  *position = first;
  return word + 1;
}

/* Writes the words of filter `filter`, whose blocks are whole cells. */
static inline void dtmm_put_whole_cells_mve(const DtmmFiltersMve* filters, int32_t filter) {
  const int32_t cells = filters->taps * filters->tap_cells;
  const int32_t blocks = cells / filters->block_cells;
  const int32_t chunk = dtmm_min(DTMM_INDEX_CHUNK, DTMM_MVE_MAX_BLOCK_CELLS / filters->block_cells);
  DtmmCellWord* word = filters->words;
  int32_t position = 0;
  int32_t done;
  for (done = 0; done < blocks; done += chunk) {
    const uint32_t kept =
        dtmm_index_bits_mve(filters, filter * blocks + done, dtmm_min(chunk, blocks - done));
    const int32_t first = done * filters->block_cells;
    if (kept == 0) continue;
    word = dtmm_put_word_mve(word, dtmm_repeat_bits_mve(kept, filters->block_cells), first, &position);
  }
  dtmm_put_word_mve(word, 0, cells, &position);
}

/* A filter on its way to words and expanded weights. */
typedef struct DtmmExpansionMve {
  const int8_t* packed;   /* weights to come */
  int8_t* expanded;       /* next free cell */
  DtmmCellWord* word;     /* next to be written */
  uint32_t bits;          /* of the word that is being filled */
  int32_t first;          /* its bit 0 */
  int32_t position;       /* bit 0 of the word before */
  int32_t cell;           /* last one with a bit; -1 before the first */
} DtmmExpansionMve;

/* Opens `cell`, all of its weights 0. */
static inline void dtmm_open_cell_mve(DtmmExpansionMve* to, int32_t cell) {
  if (cell - to->first >= DTMM_INDEX_CHUNK) {
    if (to->bits != 0) to->word = dtmm_put_word_mve(to->word, to->bits, to->first, &to->position);
    to->bits = 0;
    to->first = cell;
  }
  to->bits |= (uint32_t)1 << (cell - to->first);
  to->cell = cell;
  vstrbq_s8(to->expanded, vdupq_n_s8(0));
  to->expanded += DTMM_MVE_BYTES;
}

/* Moves the next `length` weights to channels `channel` on of the tap whose first cell is `tap`. */
static inline void dtmm_expand_run_mve(DtmmExpansionMve* to, int32_t tap, int32_t channel, int32_t length) {
  while (length > 0) {
    const int32_t lane = channel % DTMM_MVE_BYTES;
    const int32_t bytes = dtmm_min(DTMM_MVE_BYTES - lane, length);
    const mve_pred16_t lanes = vctp8q((uint32_t)bytes);
    const int32_t cell = tap + channel / DTMM_MVE_BYTES;
    if (cell != to->cell) dtmm_open_cell_mve(to, cell);
    vstrbq_p_s8(to->expanded - DTMM_MVE_BYTES + lane, vldrbq_z_s8(to->packed, lanes), lanes);
    to->packed += bytes;
    channel += bytes;
    length -= bytes;
  }
}

/* Writes the words of filter `filter`, of any blocks, and expands its weights, of which `packed` is the first.
 * Returns the weights that follow. */
static inline const int8_t* dtmm_expand_cells_mve(const DtmmFiltersMve* filters, int32_t filter,
                                                  const int8_t* packed) {
  const int32_t blocks = dtmm_ceil_div(filters->channels, filters->block);
  DtmmExpansionMve to = {packed, filters->expanded, filters->words, 0, 0, 0, -1};
  int32_t bit = filter * filters->taps * blocks;
  int32_t tap;
  for (tap = 0; tap < filters->taps; ++tap) {
    int32_t done;
    for (done = 0; done < blocks; done += DTMM_INDEX_CHUNK) {
      const int32_t count = dtmm_min(DTMM_INDEX_CHUNK, blocks - done);
      uint32_t kept = dtmm_index_bits_mve(filters, bit, count);
      bit += count;
      while (kept != 0) {
        const int32_t first = dtmm_lowest_bit(kept);
        /* There is a 0 above the run: a chunk is shorter than the word. */
        const int32_t run = dtmm_lowest_bit(~(kept >> first));
        const int32_t channel = (done + first) * filters->block;
        dtmm_expand_run_mve(&to, tap * filters->tap_cells, channel,
                            dtmm_min(run * filters->block, filters->channels - channel));
        kept &= kept + ((uint32_t)1 << first); /* the carry clears the run */
      }
    }
  }
  if (to.bits != 0) to.word = dtmm_put_word_mve(to.word, to.bits, to.first, &to.position);
  dtmm_put_word_mve(to.word, 0, filters->taps * filters->tap_cells, &to.position);
  return to.packed;
}

#endif /* DTMM_CELL_WORDS_MVE_H_ */
