/* Layers of single weights in compressed sparse rows: the contract of the kernel. The index holds, for every
 * filter, the number of its entries (uint16, little endian), and then for every entry the distance (uint8)
 * from the place of the one before, in OHWI order; the first one's is its place. Entries of weight 0 bridge
 * longer distances. docs/packed-format.md. */
#ifndef DTMM_CSR_H_
#define DTMM_CSR_H_

#include <stddef.h>
#include <stdint.h>

#include "dtmm_filterlet_conv.h"
#include "dtmm_status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Full check of a layer, as dtmm_filterlet_check; a fully connected layer is a 1x1 convolution of as many
 * images as it has rows. `version` is that of the operator. */
DtmmStatus dtmm_csr_check(const uint8_t* option_bytes, size_t option_count, int32_t version,
                          const DtmmConvShape* shape, const DtmmPackedTensors* packed,
                          DtmmFilterletOptions* options);

/* Bytes of scratch that dtmm_csr_conv_s8 needs on the core that this is compiled for. */
int32_t dtmm_csr_conv_s8_get_buffer_size(const DtmmFilterletOptions* options, const DtmmConvShape* shape);

/* Computes a checked layer; equals TFLM's reference bit for bit.
 * input, output: dense NHWC that do not overlap; scratch: get_buffer_size bytes, aligned to 8, or NULL for 0.
 */
void dtmm_csr_conv_s8(const DtmmFilterletOptions* options, const DtmmConvShape* shape,
                      const DtmmPackedTensors* packed, const int8_t* input, int8_t* output, int8_t* scratch);

/* One English sentence for a status, starting with the name of the operator; see dtmm_filterlet_message. */
const char* dtmm_csr_conv_message(DtmmStatus status);
const char* dtmm_csr_fully_connected_message(DtmmStatus status);

/* Entries of a filter. */
static inline int32_t dtmm_csr_count(const uint8_t* index, int32_t filter) {
  return index[2 * filter] | (index[2 * filter + 1] << 8);
}

#ifdef __cplusplus
}
#endif

#endif /* DTMM_CSR_H_ */
