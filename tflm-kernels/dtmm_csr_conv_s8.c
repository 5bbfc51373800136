/* Convolution with single weights. A patch of four output positions is filled once, and every filter walks
 * over it by the distances of its index; a weight is loaded once for the four. A single position reads the
 * input as it stands. */
#include "dtmm_csr.h"
#include "dtmm_patch.h"

typedef struct Layer {
  const DtmmFilterletOptions* options;
  const DtmmPackedTensors* packed;
} Layer;

static void csr_group(const void* context, const DtmmPatchValue* patch, int32_t count, int8_t* output) {
  const Layer* layer = (const Layer*)context;
  const uint8_t* records = layer->packed->records;
  const int32_t filters = layer->options->output_channels;
  const uint8_t* gaps = layer->packed->index + 2 * filters;
  const int8_t* weights = layer->packed->weights;
  int32_t filter;
  for (filter = 0; filter < filters; ++filter) {
    const int8_t* const end = weights + dtmm_csr_count(layer->packed->index, filter);
    DtmmPatchSums sums = dtmm_patch_sums(dtmm_folded_bias(records, filters, filter));
    const DtmmPatchValue* values = patch;
    while (weights != end) {
      values += DTMM_PATCH_GROUP * *gaps++;
      dtmm_patch_add(values, *weights++, &sums);
    }
    dtmm_patch_write(layer->options, records, filter, &sums, count, output);
  }
}

/* The only output position of a layer whose patch is its input: a fully connected one of one row. */
static void csr_row(const Layer* layer, const int8_t* input, int8_t* output) {
  const uint8_t* records = layer->packed->records;
  const int32_t filters = layer->options->output_channels;
  const uint8_t* gaps = layer->packed->index + 2 * filters;
  const int8_t* weights = layer->packed->weights;
  int32_t filter;
  for (filter = 0; filter < filters; ++filter) {
    const int8_t* const end = weights + dtmm_csr_count(layer->packed->index, filter);
    int32_t sum = dtmm_folded_bias(records, filters, filter);
    const int8_t* value = input;
    DtmmPatchSums sums;
    while (weights != end) {
      value += *gaps++;
      sum += *weights++ * *value;
    }
    sums = dtmm_patch_sums(sum);
    dtmm_patch_write(layer->options, records, filter, &sums, 1, output);
  }
}

/* Whether there is one output position, which reads the whole input in the order of the weights. */
static int is_row(const DtmmFilterletOptions* options, const DtmmConvShape* shape) {
  const DtmmNhwc* in = &shape->input;
  return shape->output.batches * shape->output.height * shape->output.width == 1 &&
         options->kernel_height * options->kernel_width == 1 && in->height * in->width == 1;
}

int32_t dtmm_csr_conv_s8_get_buffer_size(const DtmmFilterletOptions* options, const DtmmConvShape* shape) {
  return is_row(options, shape) ? 0 : dtmm_patch_conv_get_buffer_size(options);
}

void dtmm_csr_conv_s8(const DtmmFilterletOptions* options, const DtmmConvShape* shape,
                      const DtmmPackedTensors* packed, const int8_t* input, int8_t* output, int8_t* scratch) {
  const Layer layer = {options, packed};
  const DtmmPatchLayout layout = {options->input_channels, 1};
  if (is_row(options, shape)) {
    csr_row(&layer, input, output);
  } else {
    dtmm_patch_conv(options, shape, layout, csr_group, &layer, input, output, scratch);
  }
}
