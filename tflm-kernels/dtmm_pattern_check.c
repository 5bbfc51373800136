#include "dtmm_conv_check.h"
#include "dtmm_packed_check.h"
#include "dtmm_pattern.h"

/* The taps of every pattern: ascending places of a 3x3 kernel. */
static DtmmStatus check_patterns(const DtmmPatternIndex* index) {
  int32_t pattern;
  for (pattern = 0; pattern < index->patterns; ++pattern) {
    const uint8_t* taps = index->taps + DTMM_PATTERN_WEIGHTS * pattern;
    int32_t i;
    for (i = 0; i < DTMM_PATTERN_WEIGHTS; ++i) {
      if (taps[i] >= DTMM_PATTERN_TAPS || (i > 0 && taps[i] <= taps[i - 1])) return DTMM_STATUS_INDEX_TAIL;
    }
  }
  return DTMM_STATUS_OK;
}

/* Every kernel's channel, the order of the filters, the number of weights, and weights and records against
 * int32.
 */
static DtmmStatus check_kernels(const DtmmFilterletOptions* options, const DtmmPackedTensors* packed,
                                const DtmmPatternIndex* index) {
  const int32_t filters = options->output_channels;
  const uint8_t* channels = index->channels;
  const int8_t* weights = packed->weights;
  int32_t left = packed->weight_bytes;
  int32_t stored;
  for (stored = 0; stored < filters; ++stored) {
    const int32_t filter = dtmm_pattern_filter(index, stored);
    uint32_t magnitude = 0; /* of at most 8 * 255 * 4 weights */
    DtmmStatus status;
    int32_t pattern;
    if (filter >= filters) return DTMM_STATUS_INDEX_TAIL;
    for (pattern = 0; pattern < index->patterns; ++pattern) {
      int32_t kernels = index->strides[stored * index->patterns + pattern];
      left -= DTMM_PATTERN_WEIGHTS * kernels;
      if (left < 0) return DTMM_STATUS_WEIGHTS_SIZE;
      for (; kernels > 0; --kernels) {
        int32_t i;
        if (*channels++ >= options->input_channels) return DTMM_STATUS_INDEX_TAIL;
        for (i = 0; i < DTMM_PATTERN_WEIGHTS; ++i) {
          const int32_t weight = *weights++;
          magnitude += (uint32_t)(weight < 0 ? -weight : weight);
        }
      }
    }
    status = dtmm_check_record(packed->records, filters, filter, magnitude);
    if (status != DTMM_STATUS_OK) return status;
  }
  return left == 0 ? DTMM_STATUS_OK : DTMM_STATUS_WEIGHTS_SIZE;
}

DtmmStatus dtmm_pattern_check(const uint8_t* option_bytes, size_t option_count, const DtmmConvShape* shape,
                              const DtmmPackedTensors* packed, DtmmFilterletOptions* options) {
  const DtmmStatus status = dtmm_check_conv(option_bytes, option_count, DTMM_PATTERN_VERSION, shape, options);
  DtmmPatternIndex index;
  DtmmStatus found;
  int64_t bytes;
  if (status != DTMM_STATUS_OK) return status;
  if (options->kernel_height != 3 || options->kernel_width != 3) return DTMM_STATUS_KERNEL_SIZE;
  if (options->block_channels != 1) return DTMM_STATUS_BLOCK;
  if (packed->index_bytes < 1 || packed->index[0] < 1 || packed->index[0] > DTMM_MAX_PATTERNS) {
    return DTMM_STATUS_INDEX_SIZE;
  }
  index = dtmm_pattern_index(packed->index, options->output_channels);
  bytes = 1 + DTMM_PATTERN_WEIGHTS * index.patterns;
  bytes += (int64_t)options->output_channels * (2 + index.patterns);
  bytes += packed->weight_bytes / DTMM_PATTERN_WEIGHTS;
  if (packed->index_bytes != bytes) return DTMM_STATUS_INDEX_SIZE;
  if (packed->record_bytes != (int64_t)DTMM_RECORD_BYTES * options->output_channels) {
    return DTMM_STATUS_RECORDS_SIZE;
  }
  found = check_patterns(&index);
  return found == DTMM_STATUS_OK ? check_kernels(options, packed, &index) : found;
}
