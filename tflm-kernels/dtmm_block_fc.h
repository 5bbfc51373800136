/* Block fully connected: the contract of the kernels. int8, rows of inputs, weights in blocks of a few
 * outputs by a few inputs as in docs/packed-format.md.
 *
 * Output value (row, o) equals, bit for bit, that of TFLM's reference FULLY_CONNECTED with the unpacked
 * [outputs][inputs] weights. Every function expects arguments that dtmm_block_fc_check has accepted, and then
 * reads and writes in bounds. */
#ifndef DTMM_BLOCK_FC_H_
#define DTMM_BLOCK_FC_H_

#include <stdint.h>

#include "dtmm_packed_format.h"
#include "dtmm_packed_layer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The activations, whatever their rank, as TFLM flattens them. */
typedef struct DtmmFcShape {
  int32_t input_values; /* elements of the input: rows * inputs */
  int32_t rows;         /* elements of the output without its last dimension */
  int32_t outputs;      /* last dimension of the output */
} DtmmFcShape;

/* Bytes of scratch that dtmm_block_fc_s8 needs: none. */
int32_t dtmm_block_fc_s8_get_buffer_size(const DtmmBlockFcOptions* options, const DtmmFcShape* shape);

/* Portable C kernel.
 * input, output: dense rows that do not overlap; scratch: get_buffer_size bytes, or NULL for 0. */
void dtmm_block_fc_s8(const DtmmBlockFcOptions* options, const DtmmFcShape* shape,
                      const DtmmPackedTensors* packed, const int8_t* input, int8_t* output, int8_t* scratch);

/* Bytes of scratch that dtmm_block_fc_dsp_s8 needs; can be asked on any core. */
int32_t dtmm_block_fc_dsp_s8_get_buffer_size(const DtmmBlockFcOptions* options, const DtmmFcShape* shape);

/* Kernel for cores with DTMM_USE_DSP (dtmm_target.h), and only there; arguments as dtmm_block_fc_s8, scratch
 * aligned to 8 bytes. */
void dtmm_block_fc_dsp_s8(const DtmmBlockFcOptions* options, const DtmmFcShape* shape,
                          const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                          int8_t* scratch);

/* Bytes of scratch that dtmm_block_fc_mve_s8 needs; can be asked on any core. */
int32_t dtmm_block_fc_mve_s8_get_buffer_size(const DtmmBlockFcOptions* options, const DtmmFcShape* shape);

/* Kernel for cores with DTMM_USE_MVE (dtmm_target.h), and only there; arguments as dtmm_block_fc_s8, scratch
 * aligned to 8 bytes. */
void dtmm_block_fc_mve_s8(const DtmmBlockFcOptions* options, const DtmmFcShape* shape,
                          const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                          int8_t* scratch);

/* Bytes of scratch for the kernel that dtmm_block_fc_wrapper_s8 chooses. */
int32_t dtmm_block_fc_wrapper_s8_get_buffer_size(const DtmmBlockFcOptions* options, const DtmmFcShape* shape);

/* Runs the best kernel for the core that this file is compiled for; arguments as dtmm_block_fc_s8, scratch
 * aligned to 8 bytes. */
void dtmm_block_fc_wrapper_s8(const DtmmBlockFcOptions* options, const DtmmFcShape* shape,
                              const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                              int8_t* scratch);

#ifdef __cplusplus
}
#endif

#endif /* DTMM_BLOCK_FC_H_ */
