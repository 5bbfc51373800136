/* From the packed weights to the records that dtmm_row_mve.h runs over. */
#ifndef DTMM_RECORDS_MVE_H_
#define DTMM_RECORDS_MVE_H_

#include <arm_mve.h>
#include <stdint.h>

#include "dtmm_filterlet_conv.h"
#include "dtmm_index_reader.h"
#include "dtmm_lines_mve.h"
#include "dtmm_packed_format.h"
#include "dtmm_requantize.h"

/* The filters of a layer, read in order. */
typedef struct DtmmFilterReaderMve {
  DtmmIndexReader index;
  const int8_t* packed; /* weights of the next filter, if they have to be expanded */
  int8_t* expanded;     /* next free cell for them */
} DtmmFilterReaderMve;

/* Sets the bit of a cell. */
static inline void dtmm_set_cell_mve(int32_t* words, int32_t cell) {
  words[cell / DTMM_MVE_WORD_CELLS] |= (int32_t)(0x80000000u >> (cell % DTMM_MVE_WORD_CELLS));
}

/* Bit 31 first. Compilers do not know the instruction by a common name. */
static inline uint32_t dtmm_reverse_bits_mve(uint32_t bits) {
  __asm__("rbit %0, %1" : "=r"(bits) : "r"(bits));
  return bits;
}

/* Sets the bits of the next filter, whose blocks are whole cells. */
static inline void dtmm_read_whole_cells_mve(DtmmFilterReaderMve* reader, int32_t blocks, int32_t block_cells,
                                             int32_t* words) {
  enum { kChunk = DTMM_MVE_WORD_CELLS / 2 }; /* of one word */
  int32_t done;
  for (done = 0; done < blocks; done += kChunk) {
    uint32_t kept = dtmm_index_read(&reader->index, dtmm_min(kChunk, blocks - done));
    if (block_cells == 1) {
      words[done / DTMM_MVE_WORD_CELLS] |=
          (int32_t)(dtmm_reverse_bits_mve(kept) >> (done % DTMM_MVE_WORD_CELLS));
      continue;
    }
    for (; kept != 0; kept &= kept - 1) {
      const int32_t first = (done + dtmm_lowest_bit(kept)) * block_cells;
      int32_t cell;
      for (cell = first; cell < first + block_cells; ++cell) dtmm_set_cell_mve(words, cell);
    }
  }
}

/* Moves the next `length` weights to channels `channel` on of the tap whose first cell is `tap`. Cells are entered
 * in order, at first with weights of 0; `*current` is the last one. */
static inline void dtmm_expand_run_mve(DtmmFilterReaderMve* reader, int32_t tap, int32_t channel,
                                       int32_t length, int32_t* words, int32_t* current) {
  while (length > 0) {
    const int32_t lane = channel % DTMM_MVE_BYTES;
    const int32_t bytes = dtmm_min(DTMM_MVE_BYTES - lane, length);
    const mve_pred16_t lanes = vctp8q((uint32_t)bytes);
    const int32_t cell = tap + channel / DTMM_MVE_BYTES;
    if (cell != *current) {
      *current = cell;
      dtmm_set_cell_mve(words, cell);
      vstrbq_s8(reader->expanded, vdupq_n_s8(0));
      reader->expanded += DTMM_MVE_BYTES;
    }
    vstrbq_p_s8(reader->expanded - DTMM_MVE_BYTES + lane, vldrbq_z_s8(reader->packed, lanes), lanes);
    reader->packed += bytes;
    channel += bytes;
    length -= bytes;
  }
}

/* Sets the bits of the next filter, of any blocks, and expands its weights. */
static inline void dtmm_expand_filter_mve(const DtmmLinesMve* lines, int32_t block,
                                          DtmmFilterReaderMve* reader, int32_t* words) {
  const int32_t blocks = dtmm_ceil_div(lines->channels, block);
  int32_t current = -1;
  int32_t tap;
  for (tap = 0; tap < lines->taps; ++tap) {
    int32_t done;
    for (done = 0; done < blocks; done += DTMM_INDEX_CHUNK) {
      uint32_t kept = dtmm_index_read(&reader->index, dtmm_min(DTMM_INDEX_CHUNK, blocks - done));
      for (; kept != 0; kept &= kept - 1) {
        const int32_t channel = (done + dtmm_lowest_bit(kept)) * block;
        dtmm_expand_run_mve(reader, tap * lines->planes, channel, dtmm_min(block, lines->channels - channel),
                            words, &current);
      }
    }
  }
}

/* Writes the records of the next `count` filters, of which `first` is the first. */
static inline void dtmm_read_filters_mve(const DtmmLinesMve* lines, const DtmmFilterletOptions* options,
                                         const uint8_t* records, DtmmFilterReaderMve* reader, int32_t first,
                                         int32_t count, int32_t* to) {
  const DtmmOutputRange range = {options->output_zero_point, options->activation_min,
                                 options->activation_max};
  const int32_t filters = options->output_channels;
  const int32_t words = dtmm_record_words(lines);
  const int32_t block_cells = options->block_channels / (dtmm_position_bytes(lines) * lines->halves);
  const int32_t blocks = lines->whole_cells ? (int32_t)dtmm_filter_cells(lines) / block_cells : 0;
  int32_t filter;
  for (filter = first; filter < first + count; ++filter, to += words) {
    int32_t i;
    to[0] = dtmm_folded_bias(records, filters, filter);
    to[1] = 0;
    for (i = 2; i < words - 2; ++i) to[i] = 0;
    to[words - 2] = dtmm_multiplier(records, filters, filter);
    to[words - 1] = dtmm_shift(records, filters, filter);
    if (lines->whole_cells) {
      dtmm_read_whole_cells_mve(reader, blocks, block_cells, to + 1);
    } else {
      dtmm_expand_filter_mve(lines, options->block_channels, reader, to + 1);
    }
    if (words == 4 && to[1] == 0) to[0] = dtmm_requantize(to[0], to[2], to[3], &range);
  }
}

#endif /* DTMM_RECORDS_MVE_H_ */
