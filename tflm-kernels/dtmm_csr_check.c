#include "dtmm_conv_check.h"
#include "dtmm_csr.h"
#include "dtmm_packed_check.h"

/* Entries against their number, their places against the filter, weights and records against int32. */
static DtmmStatus check_entries(const DtmmFilterletOptions* options, const DtmmPackedTensors* packed) {
  const int32_t filters = options->output_channels;
  const int32_t places = options->kernel_height * options->kernel_width * options->input_channels;
  const uint8_t* gaps = packed->index + 2 * filters;
  const int8_t* weights = packed->weights;
  int32_t left = packed->weight_bytes;
  int32_t filter;
  for (filter = 0; filter < filters; ++filter) {
    const int32_t count = dtmm_csr_count(packed->index, filter);
    uint32_t magnitude = 0; /* of at most 65535 weights */
    int32_t place = 0;
    DtmmStatus status;
    int32_t i;
    left -= count;
    if (left < 0) return DTMM_STATUS_WEIGHTS_SIZE;
    for (i = 0; i < count; ++i) {
      const int32_t weight = *weights++;
      place += *gaps++;
      if (place >= places) return DTMM_STATUS_INDEX_TAIL;
      magnitude += (uint32_t)(weight < 0 ? -weight : weight);
    }
    status = dtmm_check_record(packed->records, filters, filter, magnitude);
    if (status != DTMM_STATUS_OK) return status;
  }
  return left == 0 ? DTMM_STATUS_OK : DTMM_STATUS_WEIGHTS_SIZE;
}

DtmmStatus dtmm_csr_check(const uint8_t* option_bytes, size_t option_count, int32_t version,
                          const DtmmConvShape* shape, const DtmmPackedTensors* packed,
                          DtmmFilterletOptions* options) {
  const DtmmStatus status = dtmm_check_conv(option_bytes, option_count, version, shape, options);
  int64_t filters;
  if (status != DTMM_STATUS_OK) return status;
  filters = options->output_channels;
  if (options->block_channels != 1) return DTMM_STATUS_BLOCK;
  if (packed->index_bytes != 2 * filters + packed->weight_bytes) return DTMM_STATUS_INDEX_SIZE;
  if (packed->record_bytes != DTMM_RECORD_BYTES * filters) return DTMM_STATUS_RECORDS_SIZE;
  return check_entries(options, packed);
}
