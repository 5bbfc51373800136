#include "dtmm_filterlet_check.h"

#include "dtmm_conv_geometry.h"
#include "dtmm_index_reader.h"

static int in_range(int32_t value, int32_t min, int32_t max) { return value >= min && value <= max; }

/* Whether `a` times `b` (both at least 1) fits int32. */
static int product_fits(int32_t a, int32_t b) { return (int64_t)a * b <= INT32_MAX; }

static int nhwc_positive(const DtmmNhwc* dims) {
  return dims->batches >= 1 && dims->height >= 1 && dims->width >= 1 && dims->channels >= 1;
}

/* Whether the number of elements of positive extents fits int32. */
static int nhwc_fits(const DtmmNhwc* dims) {
  return product_fits(dims->batches, dims->height) &&
         product_fits(dims->batches * dims->height, dims->width) &&
         product_fits(dims->batches * dims->height * dims->width, dims->channels);
}

static DtmmFilterletStatus check_options(const DtmmFilterletOptions* options) {
  if (options->layout != DTMM_LAYOUT_GENERIC) return DTMM_FILTERLET_LAYOUT;
  if (!in_range(options->kernel_height, 1, DTMM_MAX_KERNEL_SIZE) ||
      !in_range(options->kernel_width, 1, DTMM_MAX_KERNEL_SIZE)) {
    return DTMM_FILTERLET_KERNEL_SIZE;
  }
  if (options->stride_height < 1 || options->stride_width < 1 || options->dilation_height < 1 ||
      options->dilation_width < 1) {
    return DTMM_FILTERLET_STRIDE;
  }
  if (options->padding != DTMM_PADDING_SAME && options->padding != DTMM_PADDING_VALID) {
    return DTMM_FILTERLET_PADDING;
  }
  if (options->activation_min > options->activation_max) return DTMM_FILTERLET_ACTIVATION;
  return DTMM_FILTERLET_OK;
}

static DtmmFilterletStatus check_shape(const DtmmFilterletOptions* options, const DtmmConvShape* shape) {
  const DtmmNhwc* in = &shape->input;
  const DtmmNhwc* out = &shape->output;
  const int32_t window_height = dtmm_window(options->kernel_height, options->dilation_height);
  const int32_t window_width = dtmm_window(options->kernel_width, options->dilation_width);
  int64_t line_width;
  if (!nhwc_positive(in) || !nhwc_positive(out)) return DTMM_FILTERLET_SHAPE;
  if (!nhwc_fits(in) || !nhwc_fits(out)) return DTMM_FILTERLET_TOO_LARGE;
  if (in->channels != options->input_channels || out->channels != options->output_channels) {
    return DTMM_FILTERLET_CHANNELS;
  }
  if (out->batches != in->batches ||
      out->height != dtmm_output_size(options->padding, in->height, window_height, options->stride_height) ||
      out->width != dtmm_output_size(options->padding, in->width, window_width, options->stride_width)) {
    return DTMM_FILTERLET_SHAPE;
  }
  /* A line of at most 2^32 columns, 2551 rows and 65535 channels: the product fits int64. */
  line_width = (int64_t)(out->width - 1) * options->stride_width + window_width;
  if (line_width * window_height * options->input_channels > INT32_MAX) return DTMM_FILTERLET_TOO_LARGE;
  if ((int64_t)(out->height - 1) * options->stride_height + window_height > INT32_MAX) {
    return DTMM_FILTERLET_TOO_LARGE;
  }
  return DTMM_FILTERLET_OK;
}

/* Sizes of index and records, and of the weights against the set bits of the index. */
static DtmmFilterletStatus check_sizes(const DtmmFilterletOptions* options,
                                       const DtmmFilterletTensors* packed) {
  const int32_t filterlets = options->output_channels * options->kernel_height * options->kernel_width;
  const int32_t index_bytes = (filterlets + 7) / 8;
  const int32_t last_bits = filterlets - 8 * (index_bytes - 1);
  int64_t kept = 0;
  int32_t i;
  if (packed->index_bytes != index_bytes) return DTMM_FILTERLET_INDEX_SIZE;
  if (packed->record_bytes != DTMM_RECORD_BYTES * options->output_channels)
    return DTMM_FILTERLET_RECORDS_SIZE;
  if ((packed->index[index_bytes - 1] >> last_bits) != 0) return DTMM_FILTERLET_INDEX_TAIL;
  for (i = 0; i < index_bytes; ++i) {
    uint32_t bits;
    for (bits = packed->index[i]; bits != 0; bits &= bits - 1) ++kept;
  }
  return packed->weight_bytes == kept * options->input_channels ? DTMM_FILTERLET_OK
                                                                : DTMM_FILTERLET_WEIGHTS_SIZE;
}

/* Sum of |weight| over one filter, whose weights start at `weights` and whose bits come next in `reader`;
 * *count receives the number of its weights. */
static int64_t filter_magnitude(const DtmmFilterletOptions* options, DtmmIndexReader* reader,
                                const int8_t* weights, int32_t* count) {
  const int32_t taps = options->kernel_height * options->kernel_width;
  int64_t magnitude = 0;
  int32_t tap;
  int32_t i;
  *count = 0;
  for (tap = 0; tap < taps; ++tap) {
    if (dtmm_index_read(reader, 1) != 0) *count += options->input_channels;
  }
  for (i = 0; i < *count; ++i) magnitude += weights[i] < 0 ? -weights[i] : weights[i];
  return magnitude;
}

static DtmmFilterletStatus check_records(const DtmmFilterletOptions* options,
                                         const DtmmFilterletTensors* packed) {
  const int32_t filters = options->output_channels;
  const int8_t* weights = packed->weights;
  DtmmIndexReader reader = dtmm_index_reader(packed->index);
  int32_t filter;
  for (filter = 0; filter < filters; ++filter) {
    const int64_t bias = dtmm_folded_bias(packed->records, filters, filter);
    int32_t count;
    const int64_t magnitude = filter_magnitude(options, &reader, weights, &count);
    weights += count;
    if ((bias < 0 ? -bias : bias) + 128 * magnitude > INT32_MAX) return DTMM_FILTERLET_ACCUMULATOR;
    if (dtmm_multiplier(packed->records, filters, filter) < 0) return DTMM_FILTERLET_MULTIPLIER;
    if (!in_range(dtmm_shift(packed->records, filters, filter), DTMM_MIN_SHIFT, DTMM_MAX_SHIFT)) {
      return DTMM_FILTERLET_SHIFT;
    }
  }
  return DTMM_FILTERLET_OK;
}

DtmmFilterletStatus dtmm_filterlet_check(const uint8_t* option_bytes, size_t option_count,
                                         const DtmmConvShape* shape, const DtmmFilterletTensors* packed,
                                         DtmmFilterletOptions* options) {
  DtmmFilterletStatus status;
  /* The version comes first: options of another version may well have another size. */
  if (option_count < 1) return DTMM_FILTERLET_OPTIONS_SIZE;
  if (option_bytes[0] != DTMM_FORMAT_VERSION) return DTMM_FILTERLET_VERSION;
  if (option_count != DTMM_OPTIONS_BYTES) return DTMM_FILTERLET_OPTIONS_SIZE;
  dtmm_decode_options(option_bytes, options);
  status = check_options(options);
  if (status == DTMM_FILTERLET_OK) status = check_shape(options, shape);
  if (status == DTMM_FILTERLET_OK) status = check_sizes(options, packed);
  if (status == DTMM_FILTERLET_OK) status = check_records(options, packed);
  return status;
}
