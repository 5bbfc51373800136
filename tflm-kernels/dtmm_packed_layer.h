/* What every packed operator has: constant tensors, and an index that cuts its weights into blocks. */
#ifndef DTMM_PACKED_LAYER_H_
#define DTMM_PACKED_LAYER_H_

#include <stdint.h>

/* The constant tensors of a packed layer, with their sizes in bytes. */
typedef struct DtmmPackedTensors {
  const int8_t* weights; /* the kept blocks in the order of their index bits */
  int32_t weight_bytes;
  const uint8_t* index; /* one bit per block */
  int32_t index_bytes;
  const uint8_t* records; /* folded biases, multipliers, shifts */
  int32_t record_bytes;
} DtmmPackedTensors;

/* Dense weights [filters][positions][channels] in blocks of block_filters x block_channels: bundle of filters
 * after bundle, in it kernel positions, in it blocks of channels; within a block filter after filter. The
 * last bundle, and the last block of a position, may be smaller. */
typedef struct DtmmBlockGrid {
  int32_t filters;
  int32_t positions; /* kernel positions; 1 for a fully connected layer */
  int32_t channels;
  int32_t block_filters;  /* 1 to DTMM_MAX_BLOCK_OUTPUTS */
  int32_t block_channels; /* 1 to channels */
} DtmmBlockGrid;

static inline int32_t dtmm_min(int32_t a, int32_t b) { return a < b ? a : b; }

/* a / b rounded up; `a` at least 1. */
static inline int32_t dtmm_ceil_div(int32_t a, int32_t b) { return (a - 1) / b + 1; }

#endif /* DTMM_PACKED_LAYER_H_ */
