/* A running MVE filterlet convolution: what its parts work on. */
#ifndef DTMM_LAYER_MVE_H_
#define DTMM_LAYER_MVE_H_

#include <stdint.h>

#include "dtmm_filterlet_conv.h"
#include "dtmm_lines_mve.h"
#include "dtmm_row_mve.h"

typedef struct DtmmLayerMve {
  DtmmLinesMve lines;
  const DtmmFilterletOptions* options;
  const DtmmPackedTensors* packed;
  const int8_t* image;        /* input, of the current image of the batch */
  int8_t* padded_row;         /* lines.row_bytes; zero points except for the last input row that was loaded */
  int8_t* buffer;             /* the lines */
  int8_t* expanded;           /* lines.expanded_bytes: weights of the current filters, if not whole cells */
  uint16_t* records;          /* of the current filters */
  const uint16_t* record_end; /* of their memory */
  int32_t next_filter;        /* first one that is not decoded yet */
  uint32_t next_bit;          /* of the index, its first one */
  const int8_t* next_weights; /* packed, its first ones */
  DtmmRowMve row;             /* of the current filters */
} DtmmLayerMve;

#endif /* DTMM_LAYER_MVE_H_ */
