#include "dtmm_conv_check.h"

#include "dtmm_conv_geometry.h"
#include "dtmm_packed_check.h"

static int in_range(int32_t value, int32_t min, int32_t max) { return value >= min && value <= max; }

/* Extents that are positive, and of which the number of elements fits int32. */
static DtmmStatus check_extents(const DtmmNhwc* dims) {
  const int32_t extents[] = {dims->batches, dims->height, dims->width, dims->channels};
  int64_t elements = 1;
  int32_t i;
  for (i = 0; i < 4; ++i) {
    if (extents[i] < 1) return DTMM_STATUS_SHAPE;
    elements *= extents[i];
    if (elements > INT32_MAX) return DTMM_STATUS_TOO_LARGE;
  }
  return DTMM_STATUS_OK;
}

static DtmmStatus check_options(const DtmmFilterletOptions* options) {
  if (!in_range(options->kernel_height, 1, DTMM_MAX_KERNEL_SIZE) ||
      !in_range(options->kernel_width, 1, DTMM_MAX_KERNEL_SIZE)) {
    return DTMM_STATUS_KERNEL_SIZE;
  }
  if (options->stride_height < 1 || options->stride_width < 1 || options->dilation_height < 1 ||
      options->dilation_width < 1) {
    return DTMM_STATUS_STRIDE;
  }
  if (options->padding != DTMM_PADDING_SAME && options->padding != DTMM_PADDING_VALID) {
    return DTMM_STATUS_PADDING;
  }
  if (options->activation_min > options->activation_max) return DTMM_STATUS_ACTIVATION;
  return DTMM_STATUS_OK;
}

static DtmmStatus check_shape(const DtmmFilterletOptions* options, const DtmmConvShape* shape) {
  const DtmmNhwc* in = &shape->input;
  const DtmmNhwc* out = &shape->output;
  const int32_t window_height = dtmm_window(options->kernel_height, options->dilation_height);
  const int32_t window_width = dtmm_window(options->kernel_width, options->dilation_width);
  DtmmStatus status = check_extents(in);
  int64_t line_width;
  if (status == DTMM_STATUS_OK) status = check_extents(out);
  if (status != DTMM_STATUS_OK) return status;
  if (in->channels != options->input_channels || out->channels != options->output_channels) {
    return DTMM_STATUS_CHANNELS;
  }
  if (out->batches != in->batches ||
      out->height != dtmm_output_size(options->padding, in->height, window_height, options->stride_height) ||
      out->width != dtmm_output_size(options->padding, in->width, window_width, options->stride_width)) {
    return DTMM_STATUS_SHAPE;
  }
  /* A line of at most 2^32 columns, 2551 rows and 65535 channels: the product fits int64. */
  line_width = (int64_t)(out->width - 1) * options->stride_width + window_width;
  if (line_width * window_height * options->input_channels > INT32_MAX) return DTMM_STATUS_TOO_LARGE;
  if ((int64_t)(out->height - 1) * options->stride_height + window_height > INT32_MAX) {
    return DTMM_STATUS_TOO_LARGE;
  }
  return DTMM_STATUS_OK;
}

DtmmStatus dtmm_check_conv(const uint8_t* option_bytes, size_t option_count, int32_t version,
                           const DtmmConvShape* shape, DtmmFilterletOptions* options) {
  DtmmStatus status =
      dtmm_check_options_header(option_bytes, option_count, version, DTMM_FILTERLET_OPTIONS_BYTES);
  if (status != DTMM_STATUS_OK) return status;
  dtmm_decode_filterlet_options(option_bytes, options);
  status = check_options(options);
  return status == DTMM_STATUS_OK ? check_shape(options, shape) : status;
}
