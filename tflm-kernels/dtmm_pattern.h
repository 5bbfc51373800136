/* 3x3 convolutions in patterns of four weights (PatDNN, ASPLOS 2020): the contract of the kernel. The index
 * holds the arrays of the FKW format: the patterns, offset and reorder per filter, stride per filter and
 * pattern, and the input channel of every kernel. docs/packed-format.md. */
#ifndef DTMM_PATTERN_H_
#define DTMM_PATTERN_H_

#include <stddef.h>
#include <stdint.h>

#include "dtmm_filterlet_conv.h"
#include "dtmm_status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  DTMM_PATTERN_TAPS = 9,    /* of a 3x3 kernel */
  DTMM_PATTERN_WEIGHTS = 4, /* of a kernel that is kept */
  DTMM_MAX_PATTERNS = 8
};

/* The arrays of the index. */
typedef struct DtmmPatternIndex {
  int32_t patterns;        /* their number */
  const uint8_t* taps;     /* [patterns][DTMM_PATTERN_WEIGHTS], ascending */
  const uint8_t* reorder;  /* [filters] uint16: output channel of the filter that is stored there */
  const uint8_t* strides;  /* [filters][patterns]: kernels of the pattern */
  const uint8_t* channels; /* [kernels] */
} DtmmPatternIndex;

/* Finds the arrays; the first byte is the number of patterns. */
static inline DtmmPatternIndex dtmm_pattern_index(const uint8_t* index, int32_t filters) {
  DtmmPatternIndex arrays;
  arrays.patterns = index[0];
  arrays.taps = index + 1;
  arrays.reorder = arrays.taps + DTMM_PATTERN_WEIGHTS * arrays.patterns;
  arrays.strides = arrays.reorder + 2 * filters;
  arrays.channels = arrays.strides + filters * arrays.patterns;
  return arrays;
}

/* Output channel of a stored filter. */
static inline int32_t dtmm_pattern_filter(const DtmmPatternIndex* index, int32_t stored) {
  return index->reorder[2 * stored] | (index->reorder[2 * stored + 1] << 8);
}

/* Full check of a layer, as dtmm_filterlet_check. */
DtmmStatus dtmm_pattern_check(const uint8_t* option_bytes, size_t option_count, const DtmmConvShape* shape,
                              const DtmmPackedTensors* packed, DtmmFilterletOptions* options);

/* Bytes of scratch that dtmm_pattern_conv_s8 needs on the core that this is compiled for. */
int32_t dtmm_pattern_conv_s8_get_buffer_size(const DtmmFilterletOptions* options);

/* Computes a checked layer; equals TFLM's reference bit for bit.
 * input, output: dense NHWC that do not overlap; scratch: get_buffer_size bytes, aligned to 8. */
void dtmm_pattern_conv_s8(const DtmmFilterletOptions* options, const DtmmConvShape* shape,
                          const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                          int8_t* scratch);

/* One English sentence for a status, starting with the name of the operator; see dtmm_filterlet_message. */
const char* dtmm_pattern_message(DtmmStatus status);

#ifdef __cplusplus
}
#endif

#endif /* DTMM_PATTERN_H_ */
