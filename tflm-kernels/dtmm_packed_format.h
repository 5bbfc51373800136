/* The packed layer format of DTMM's operators: constants and accessors.
 * Generated from lib/pack/format.ts by `npm run generate`; do not edit. Prose: docs/packed-format.md. */
#ifndef DTMM_PACKED_FORMAT_H_
#define DTMM_PACKED_FORMAT_H_

#include <stdint.h>

#define DTMM_FILTERLET_CONV_2D_NAME "DTMM_FILTERLET_CONV_2D"
#define DTMM_BLOCK_FULLY_CONNECTED_NAME "DTMM_BLOCK_FULLY_CONNECTED"
#define DTMM_PATTERN_CONV_2D_NAME "DTMM_PATTERN_CONV_2D"
#define DTMM_CSR_CONV_2D_NAME "DTMM_CSR_CONV_2D"
#define DTMM_CSR_FULLY_CONNECTED_NAME "DTMM_CSR_FULLY_CONNECTED"

enum {
  DTMM_LAYOUT_GENERIC = 0,
  DTMM_PADDING_SAME = 0,
  DTMM_PADDING_VALID = 1,
  DTMM_INPUT_ACTIVATIONS = 0,
  DTMM_INPUT_WEIGHTS = 1,
  DTMM_INPUT_INDEX = 2,
  DTMM_INPUT_RECORDS = 3,
  DTMM_INPUT_WORKSPACE = 4,
  DTMM_MAX_KERNEL_SIZE = 11,
  DTMM_MAX_BLOCK_OUTPUTS = 4,
  DTMM_MIN_SHIFT = -31,
  DTMM_MAX_SHIFT = 30,
  DTMM_RECORD_BYTES = 9,
  DTMM_FILTERLET_VERSION = 2,
  DTMM_BLOCK_FC_VERSION = 1,
  DTMM_PATTERN_VERSION = 1,
  DTMM_CSR_CONV_VERSION = 1,
  DTMM_CSR_FC_VERSION = 1,
  DTMM_FILTERLET_OPTIONS_BYTES = 19,
  DTMM_BLOCK_FC_OPTIONS_BYTES = 13
};

/* Reads a little endian int32 from any address. */
static inline int32_t dtmm_load_int32(const uint8_t* bytes) {
  return (int32_t)((uint32_t)bytes[0] | ((uint32_t)bytes[1] << 8) | ((uint32_t)bytes[2] << 16) |
                   ((uint32_t)bytes[3] << 24));
}

/* The custom options of DTMM_FILTERLET_CONV_2D, decoded. */
typedef struct DtmmFilterletOptions {
  int32_t version;           /* format version */
  int32_t layout;            /* order of the packed weights */
  int32_t input_channels;    /* channels of the input */
  int32_t output_channels;   /* channels of the output, number of filters */
  int32_t block_channels;    /* input channels of one block, at most all */
  int32_t kernel_height;     /* kernel rows */
  int32_t kernel_width;      /* kernel columns */
  int32_t stride_height;     /* input rows from one output row to the next */
  int32_t stride_width;      /* input columns from one output column to the next */
  int32_t dilation_height;   /* input rows from one kernel row to the next */
  int32_t dilation_width;    /* input columns from one kernel column to the next */
  int32_t padding;           /* TFLite Padding: 0 SAME, 1 VALID */
  int32_t input_zero_point;  /* input value that stands for real 0, also in the padding */
  int32_t output_zero_point; /* output value that stands for real 0 */
  int32_t activation_min;    /* smallest output of the fused activation */
  int32_t activation_max;    /* largest output of the fused activation */
} DtmmFilterletOptions;

/* Decodes DTMM_FILTERLET_OPTIONS_BYTES bytes of custom options; dtmm_filterlet_check judges the values. */
static inline void dtmm_decode_filterlet_options(const uint8_t* bytes, DtmmFilterletOptions* options) {
  options->version = bytes[0];
  options->layout = bytes[1];
  options->input_channels = bytes[2] | (bytes[3] << 8);
  options->output_channels = bytes[4] | (bytes[5] << 8);
  options->block_channels = bytes[6] | (bytes[7] << 8);
  options->kernel_height = bytes[8];
  options->kernel_width = bytes[9];
  options->stride_height = bytes[10];
  options->stride_width = bytes[11];
  options->dilation_height = bytes[12];
  options->dilation_width = bytes[13];
  options->padding = bytes[14];
  options->input_zero_point = (int8_t)bytes[15];
  options->output_zero_point = (int8_t)bytes[16];
  options->activation_min = (int8_t)bytes[17];
  options->activation_max = (int8_t)bytes[18];
}

/* The custom options of DTMM_BLOCK_FULLY_CONNECTED, decoded. */
typedef struct DtmmBlockFcOptions {
  int32_t version;           /* format version */
  int32_t layout;            /* order of the packed weights */
  int32_t inputs;            /* inputs of a row */
  int32_t outputs;           /* outputs of a row, number of filters */
  int32_t block_inputs;      /* inputs of one block, at most all */
  int32_t block_outputs;     /* outputs of one block, at most all */
  int32_t input_zero_point;  /* input value that stands for real 0, also in the padding */
  int32_t output_zero_point; /* output value that stands for real 0 */
  int32_t activation_min;    /* smallest output of the fused activation */
  int32_t activation_max;    /* largest output of the fused activation */
} DtmmBlockFcOptions;

/* Decodes DTMM_BLOCK_FC_OPTIONS_BYTES bytes of custom options; dtmm_block_fc_check judges the values. */
static inline void dtmm_decode_block_fc_options(const uint8_t* bytes, DtmmBlockFcOptions* options) {
  options->version = bytes[0];
  options->layout = bytes[1];
  options->inputs = bytes[2] | (bytes[3] << 8);
  options->outputs = bytes[4] | (bytes[5] << 8);
  options->block_inputs = bytes[6] | (bytes[7] << 8);
  options->block_outputs = bytes[8];
  options->input_zero_point = (int8_t)bytes[9];
  options->output_zero_point = (int8_t)bytes[10];
  options->activation_min = (int8_t)bytes[11];
  options->activation_max = (int8_t)bytes[12];
}

/* Of one filter: bias - inputZeroPoint * (sum of the filter's weights). */
static inline int32_t dtmm_folded_bias(const uint8_t* records, int32_t filters, int32_t filter) {
  (void)filters;
  return dtmm_load_int32(records + 4 * filter);
}

/* Of one filter: fixed point output multiplier, as TFLite's QuantizeMultiplier. */
static inline int32_t dtmm_multiplier(const uint8_t* records, int32_t filters, int32_t filter) {
  return dtmm_load_int32(records + 4 * filters + 4 * filter);
}

/* Of one filter: exponent of the multiplier; above 0 is a left shift. */
static inline int32_t dtmm_shift(const uint8_t* records, int32_t filters, int32_t filter) {
  return (int8_t)records[8 * filters + filter];
}

#endif /* DTMM_PACKED_FORMAT_H_ */
