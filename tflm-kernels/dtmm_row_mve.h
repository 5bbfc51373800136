/* The inner loops of the MVE filterlet convolution: some filters at a row of groups of eight output
 * positions. */
#ifndef DTMM_ROW_MVE_H_
#define DTMM_ROW_MVE_H_

#include <stdint.h>

/* What to compute. The assembler knows the offsets of the fields.
 *
 * A record is what the row needs of a filter, in words: folded bias, then its cells as bits from the highest
 * on in as many words as it takes for all cells, then multiplier, shift. If one word is enough and has no
 * bit, then the constant output of the filter stands in place of the bias. Two words of 0 follow the last
 * record. */
typedef struct DtmmRowMve {
  const int8_t* weights;      /* 0: of the first filter's cells; all without gaps, no alignment needed */
  const int32_t* records;     /* 4: at least one */
  const int32_t* records_end; /* 8 */
  int8_t* output;             /* 12: of the first filter at position 0 of the first group */
  int32_t output_step;        /* 16: bytes of output from group to group */
  int32_t groups;             /* 20: at least one */
  const int8_t** table;      /* 24: cells at position 0 of the first group, aligned to 4 bytes. It is changed,
                                and the next three elements are read */
  int32_t cells;             /* 28: in the table */
  int32_t group_bytes;       /* 32: from the cells of a group to those of the next */
  const uint16_t* positions; /* 36: offsets of a group's eight outputs from that of position 0 */
  int32_t zero_point;        /* 40: of the output */
  int32_t min;               /* 44: smallest output */
  int32_t max;               /* 48: largest output */
  int32_t half;              /* 52: bytes from the first to the second half of a cell of 8 vectors */
  int32_t cell_vectors;      /* 56: 1, 2, 4 or 8; 1 if there are more than 32 cells */
} DtmmRowMve;

/* Computes row->groups groups; returns the weights that follow those of the last filter. 272 bytes of stack.
 */
const int8_t* dtmm_row_mve(const DtmmRowMve* row);

#endif /* DTMM_ROW_MVE_H_ */
