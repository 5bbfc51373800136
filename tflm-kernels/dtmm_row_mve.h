/* The inner loops of the MVE filterlet convolution: some filters at a row of groups of eight output
 * positions. */
#ifndef DTMM_ROW_MVE_H_
#define DTMM_ROW_MVE_H_

#include <stdint.h>

/* What to compute. The assembler knows the offsets of the fields.
 *
 * The record of a filter is, in halfwords without alignment: folded bias (2), its cells in the order of their
 * weights, counted from 1, and a 0, multiplier (2), shift. Of a filter without cells it is the constant
 * output (2) and a 0. DTMM_ROW_END_MVE (2) and a 0 follow the last record. */
typedef struct DtmmRowMve {
  const int8_t* weights;   /* 0: of the first filter's cells; all without gaps, no alignment needed */
  const uint16_t* records; /* 4: of the filters */
  int32_t zero_point;      /* 8: of the output */
  int8_t* output;          /* 12: of the first filter at position 0 of the first group. It is changed */
  int32_t output_step;     /* 16: bytes of output from group to group */
  int32_t positions;       /* 20: of the row, at least one. It is changed */
  int32_t group_positions; /* 24: 1 to 8 of them are computed at a time */
  int32_t group_bytes;     /* 28: from the cells of a group to those of the next */
  int32_t last_bytes;      /* 32: from the cells of the last group to those of the first */
  int32_t cells;           /* 36: in the table */
  const int8_t** table;    /* 40: cells at position 0 of the first group, aligned to 4 bytes. In the end it is
                              as before, with the three elements behind it */
  int32_t plane_bytes;     /* 44: from vector to vector of a cell */
  int32_t cell_vectors;    /* 48: 1 to 4 */
  int32_t min;             /* 52: smallest output */
  int32_t max;             /* 56: largest output */
  uint16_t offsets[8];     /* 60: of a group's outputs from that of position 0 */
} DtmmRowMve;

enum { DTMM_ROW_END_MVE = 0x8000 };

/* Computes the row. 112 bytes of stack. */
void dtmm_row_mve(DtmmRowMve* row);

#endif /* DTMM_ROW_MVE_H_ */
