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

/* Size and unused bits of the index. */
static DtmmStatus check_index(const DtmmBlockGrid* grid, const DtmmPackedTensors* packed) {
  const int64_t blocks = (int64_t)dtmm_ceil_div(grid->filters, grid->block_filters) * grid->positions *
                         dtmm_ceil_div(grid->channels, grid->block_channels);
  const int32_t tail = (int32_t)blocks & 7; /* bits of the last byte, 0 for all */
  if (packed->index_bytes != (blocks + 7) / 8) return DTMM_STATUS_INDEX_SIZE;
  if (tail != 0 && packed->index[packed->index_bytes - 1] >> tail != 0) return DTMM_STATUS_INDEX_TAIL;
  return DTMM_STATUS_OK;
}

DtmmStatus dtmm_check_record(const uint8_t* records, int32_t filters, int32_t filter, uint32_t magnitude) {
  const int32_t bias = dtmm_folded_bias(records, filters, filter);
  const int32_t shift = dtmm_shift(records, filters, filter);
  const uint32_t room = (uint32_t)INT32_MAX - (bias < 0 ? 0 - (uint32_t)bias : (uint32_t)bias);
  /* INT32_MIN leaves less than no room. */
  if (room > INT32_MAX || magnitude > room / 128) return DTMM_STATUS_ACCUMULATOR;
  if (dtmm_multiplier(records, filters, filter) < 0) return DTMM_STATUS_MULTIPLIER;
  return shift < DTMM_MIN_SHIFT || shift > DTMM_MAX_SHIFT ? DTMM_STATUS_SHIFT : DTMM_STATUS_OK;
}

/* The index against the number of weights, the weights of each filter and its record against int32. */
static DtmmStatus check_filters(const DtmmBlockGrid* grid, const DtmmPackedTensors* packed) {
  DtmmIndexReader reader = dtmm_index_reader(packed->index);
  const int8_t* weights = packed->weights;
  int32_t left = packed->weight_bytes;
  int32_t first;
  for (first = 0; first < grid->filters; first += grid->block_filters) {
    const int32_t filters = dtmm_min(grid->block_filters, grid->filters - first);
    /* Of at most 121 positions of 65535 channels: 128 times that fits. */
    uint32_t magnitudes[DTMM_MAX_BLOCK_OUTPUTS] = {0};
    int32_t position;
    int32_t filter;
    for (position = 0; position < grid->positions; ++position) {
      int32_t channel;
      for (channel = 0; channel < grid->channels; channel += grid->block_channels) {
        const int32_t width = dtmm_min(grid->block_channels, grid->channels - channel);
        if (dtmm_index_read(&reader, 1) == 0) continue;
        left -= filters * width;
        if (left < 0) return DTMM_STATUS_WEIGHTS_SIZE;
        for (filter = 0; filter < filters; ++filter) {
          int32_t i;
          for (i = 0; i < width; ++i) {
            const int32_t weight = *weights++;
            magnitudes[filter] += (uint32_t)(weight < 0 ? -weight : weight);
          }
        }
      }
    }
    for (filter = 0; filter < filters; ++filter) {
      const DtmmStatus status =
          dtmm_check_record(packed->records, grid->filters, first + filter, magnitudes[filter]);
      if (status != DTMM_STATUS_OK) return status;
    }
  }
  return left == 0 ? DTMM_STATUS_OK : DTMM_STATUS_WEIGHTS_SIZE;
}

DtmmStatus dtmm_check_blocks(const DtmmBlockGrid* grid, const DtmmPackedTensors* packed) {
  DtmmStatus status;
  if (grid->block_filters < 1 || grid->block_filters > DTMM_MAX_BLOCK_OUTPUTS ||
      grid->block_filters > grid->filters || grid->block_channels < 1 ||
      grid->block_channels > grid->channels) {
    return DTMM_STATUS_BLOCK;
  }
  status = check_index(grid, packed);
  if (status != DTMM_STATUS_OK) return status;
  if (packed->record_bytes != (int64_t)DTMM_RECORD_BYTES * grid->filters) return DTMM_STATUS_RECORDS_SIZE;
  return check_filters(grid, packed);
}
