/* 3x3 convolution in patterns. A patch of four output positions is filled once, channel by channel. The
 * kernels of a filter come pattern by pattern, so that the places of their four weights are the same for all
 * of a pattern. */
#include "dtmm_patch.h"
#include "dtmm_pattern.h"

typedef struct Layer {
  const DtmmFilterletOptions* options;
  const DtmmPackedTensors* packed;
  DtmmPatternIndex index;
} Layer;

/* Adds `kernels` kernels of one pattern; returns the weights that follow. */
static inline const int8_t* add_kernels(const DtmmPatchValue* patch, const uint8_t* taps,
                                        const uint8_t* channels, int32_t kernels, const int8_t* weights,
                                        DtmmPatchSums* sums) {
  const DtmmPatchValue* first = patch + DTMM_PATCH_GROUP * taps[0];
  const int32_t second = DTMM_PATCH_GROUP * (taps[1] - taps[0]);
  const int32_t third = DTMM_PATCH_GROUP * (taps[2] - taps[0]);
  const int32_t fourth = DTMM_PATCH_GROUP * (taps[3] - taps[0]);
  const uint8_t* const end = channels + kernels;
  DtmmPatchSums own = *sums;
  while (channels != end) {
    const DtmmPatchValue* values = first + DTMM_PATTERN_TAPS * DTMM_PATCH_GROUP * *channels++;
    dtmm_patch_add(values, weights[0], &own);
    dtmm_patch_add(values + second, weights[1], &own);
    dtmm_patch_add(values + third, weights[2], &own);
    dtmm_patch_add(values + fourth, weights[3], &own);
    weights += DTMM_PATTERN_WEIGHTS;
  }
  *sums = own;
  return weights;
}

static void pattern_group(const void* context, const DtmmPatchValue* patch, int32_t count, int8_t* output) {
  const Layer* layer = (const Layer*)context;
  const DtmmPatternIndex* index = &layer->index;
  const uint8_t* records = layer->packed->records;
  const int32_t filters = layer->options->output_channels;
  const uint8_t* channels = index->channels;
  const uint8_t* strides = index->strides;
  const int8_t* weights = layer->packed->weights;
  int32_t stored;
  for (stored = 0; stored < filters; ++stored) {
    const int32_t filter = dtmm_pattern_filter(index, stored);
    DtmmPatchSums sums = dtmm_patch_sums(dtmm_folded_bias(records, filters, filter));
    const uint8_t* taps = index->taps;
    int32_t pattern;
    for (pattern = 0; pattern < index->patterns; ++pattern) {
      const int32_t kernels = *strides++;
      weights = add_kernels(patch, taps, channels, kernels, weights, &sums);
      channels += kernels;
      taps += DTMM_PATTERN_WEIGHTS;
    }
    dtmm_patch_write(layer->options, records, filter, &sums, count, output);
  }
}

int32_t dtmm_pattern_conv_s8_get_buffer_size(const DtmmFilterletOptions* options) {
  return dtmm_patch_conv_get_buffer_size(options);
}

void dtmm_pattern_conv_s8(const DtmmFilterletOptions* options, const DtmmConvShape* shape,
                          const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                          int8_t* scratch) {
  const DtmmPatchLayout layout = {1, DTMM_PATTERN_TAPS};
  Layer layer;
  layer.options = options;
  layer.packed = packed;
  layer.index = dtmm_pattern_index(packed->index, options->output_channels);
  dtmm_patch_conv(options, shape, layout, pattern_group, &layer, input, output, scratch);
}
