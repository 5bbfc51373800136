#include "dtmm_packed_check.h"

#include "dtmm_index_reader.h"
#include "dtmm_packed_format.h"

DtmmStatus dtmm_check_options_header(const uint8_t* bytes, size_t count, int32_t version,
                                     int32_t option_bytes) {
  /* The version comes first: options of another version may well have another size. */
  if (count < 1) return DTMM_STATUS_OPTIONS_SIZE;
  if (bytes[0] != version) return DTMM_STATUS_VERSION;
  if (count != (size_t)option_bytes) return DTMM_STATUS_OPTIONS_SIZE;
  return bytes[1] == DTMM_LAYOUT_GENERIC ? DTMM_STATUS_OK : DTMM_STATUS_LAYOUT;
}

/* Filters of the bundle that starts at `first`. */
static int32_t bundle_filters(const DtmmBlockGrid* grid, int32_t first) {
  return dtmm_min(grid->block_filters, grid->filters - first);
}

/* Channels of the next block of a position. */
static int32_t block_width(const DtmmBlockGrid* grid, int32_t channel) {
  return dtmm_min(grid->block_channels, grid->channels - channel);
}

/* Size and unused bits of the index, and its set bits against the number of weights. */
static DtmmStatus check_index(const DtmmBlockGrid* grid, const DtmmPackedTensors* packed) {
  const int64_t blocks = (int64_t)dtmm_ceil_div(grid->filters, grid->block_filters) * grid->positions *
                         dtmm_ceil_div(grid->channels, grid->block_channels);
  const int64_t index_bytes = (blocks + 7) / 8;
  DtmmIndexReader reader = dtmm_index_reader(packed->index);
  int64_t weights = 0;
  int32_t first;
  if (packed->index_bytes != index_bytes) return DTMM_STATUS_INDEX_SIZE;
  if ((packed->index[index_bytes - 1] >> (blocks - 8 * (index_bytes - 1))) != 0) {
    return DTMM_STATUS_INDEX_TAIL;
  }
  for (first = 0; first < grid->filters; first += grid->block_filters) {
    const int32_t filters = bundle_filters(grid, first);
    int32_t position;
    for (position = 0; position < grid->positions; ++position) {
      int32_t channel;
      for (channel = 0; channel < grid->channels; channel += grid->block_channels) {
        if (dtmm_index_read(&reader, 1) != 0) weights += (int64_t)filters * block_width(grid, channel);
      }
    }
  }
  return packed->weight_bytes == weights ? DTMM_STATUS_OK : DTMM_STATUS_WEIGHTS_SIZE;
}

/* Adds up |weight| of each filter of the bundle that starts at `first`, whose bits come next in `reader` and
 * whose weights start at `weights`; returns the weights that follow. */
static const int8_t* bundle_magnitudes(const DtmmBlockGrid* grid, int32_t first, DtmmIndexReader* reader,
                                       const int8_t* weights, int64_t* magnitudes) {
  const int32_t filters = bundle_filters(grid, first);
  int32_t position;
  int32_t filter;
  for (filter = 0; filter < filters; ++filter) magnitudes[filter] = 0;
  for (position = 0; position < grid->positions; ++position) {
    int32_t channel;
    for (channel = 0; channel < grid->channels; channel += grid->block_channels) {
      const int32_t width = block_width(grid, channel);
      if (dtmm_index_read(reader, 1) == 0) continue;
      for (filter = 0; filter < filters; ++filter) {
        int32_t i;
        for (i = 0; i < width; ++i) magnitudes[filter] += weights[i] < 0 ? -weights[i] : weights[i];
        weights += width;
      }
    }
  }
  return weights;
}

static DtmmStatus check_record(const DtmmBlockGrid* grid, const uint8_t* records, int32_t filter,
                               int64_t magnitude) {
  const int64_t bias = dtmm_folded_bias(records, grid->filters, filter);
  const int32_t shift = dtmm_shift(records, grid->filters, filter);
  if ((bias < 0 ? -bias : bias) + 128 * magnitude > INT32_MAX) return DTMM_STATUS_ACCUMULATOR;
  if (dtmm_multiplier(records, grid->filters, filter) < 0) return DTMM_STATUS_MULTIPLIER;
  return shift < DTMM_MIN_SHIFT || shift > DTMM_MAX_SHIFT ? DTMM_STATUS_SHIFT : DTMM_STATUS_OK;
}

static DtmmStatus check_records(const DtmmBlockGrid* grid, const DtmmPackedTensors* packed) {
  const int8_t* weights = packed->weights;
  DtmmIndexReader reader = dtmm_index_reader(packed->index);
  int32_t first;
  if (packed->record_bytes != (int64_t)DTMM_RECORD_BYTES * grid->filters) return DTMM_STATUS_RECORDS_SIZE;
  for (first = 0; first < grid->filters; first += grid->block_filters) {
    int64_t magnitudes[DTMM_MAX_BLOCK_OUTPUTS];
    int32_t i;
    weights = bundle_magnitudes(grid, first, &reader, weights, magnitudes);
    for (i = 0; i < bundle_filters(grid, first); ++i) {
      const DtmmStatus status = check_record(grid, packed->records, first + i, magnitudes[i]);
      if (status != DTMM_STATUS_OK) return status;
    }
  }
  return DTMM_STATUS_OK;
}

DtmmStatus dtmm_check_blocks(const DtmmBlockGrid* grid, const DtmmPackedTensors* packed) {
  DtmmStatus status;
  if (grid->block_filters < 1 || grid->block_filters > DTMM_MAX_BLOCK_OUTPUTS ||
      grid->block_filters > grid->filters || grid->block_channels < 1 ||
      grid->block_channels > grid->channels) {
    return DTMM_STATUS_BLOCK;
  }
  status = check_index(grid, packed);
  return status == DTMM_STATUS_OK ? check_records(grid, packed) : status;
}
