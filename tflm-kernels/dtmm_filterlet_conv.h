/* Filterlet convolution: the contract of the kernels. int8, NHWC, weights in channel blocks as in
 * docs/packed-format.md.
 *
 * Output value (b, y, x, o) equals, bit for bit, that of TFLM's reference CONV_2D with the unpacked OHWI
 * weights. Every function expects arguments that dtmm_filterlet_check has accepted, and then reads and writes
 * in bounds. */
#ifndef DTMM_FILTERLET_CONV_H_
#define DTMM_FILTERLET_CONV_H_

#include <stdint.h>

#include "dtmm_packed_format.h"
#include "dtmm_packed_layer.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct DtmmNhwc {
  int32_t batches;
  int32_t height;
  int32_t width;
  int32_t channels;
} DtmmNhwc;

typedef struct DtmmConvShape {
  DtmmNhwc input;
  DtmmNhwc output;
} DtmmConvShape;

/* Bytes of scratch that dtmm_filterlet_conv_s8 needs: a line buffer of as many padded input rows as the
 * dilated kernel is high, or 0 if no output reads padding. No alignment is needed. */
int32_t dtmm_filterlet_conv_s8_get_buffer_size(const DtmmFilterletOptions* options,
                                               const DtmmConvShape* shape);

/* Portable C kernel. Needs at most 1 KiB of stack on a 32-bit core, whatever the layer.
 * input, output: dense NHWC that do not overlap; scratch: get_buffer_size bytes, or NULL for 0. */
void dtmm_filterlet_conv_s8(const DtmmFilterletOptions* options, const DtmmConvShape* shape,
                            const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                            int8_t* scratch);

/* Bytes of scratch that dtmm_filterlet_conv_dsp_s8 needs; can be asked on any core. */
int32_t dtmm_filterlet_conv_dsp_s8_get_buffer_size(const DtmmFilterletOptions* options,
                                                   const DtmmConvShape* shape);

/* Kernel for cores with DTMM_USE_DSP (dtmm_target.h), and only there. Needs at most 1.6 KiB of stack,
 * whatever the layer; arguments as dtmm_filterlet_conv_s8, scratch aligned to 8 bytes. */
void dtmm_filterlet_conv_dsp_s8(const DtmmFilterletOptions* options, const DtmmConvShape* shape,
                                const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                                int8_t* scratch);

/* Bytes of scratch that dtmm_filterlet_conv_mve_s8 needs; can be asked on any core. */
int32_t dtmm_filterlet_conv_mve_s8_get_buffer_size(const DtmmFilterletOptions* options,
                                                   const DtmmConvShape* shape);

/* Kernel for cores with DTMM_USE_MVE (dtmm_target.h), and only there; arguments as dtmm_filterlet_conv_s8,
 * scratch aligned to 8 bytes. */
void dtmm_filterlet_conv_mve_s8(const DtmmFilterletOptions* options, const DtmmConvShape* shape,
                                const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                                int8_t* scratch);

/* Bytes of scratch for the kernel that dtmm_filterlet_conv_wrapper_s8 chooses. */
int32_t dtmm_filterlet_conv_wrapper_s8_get_buffer_size(const DtmmFilterletOptions* options,
                                                       const DtmmConvShape* shape);

/* Runs the best kernel for the core that this file is compiled for; arguments as dtmm_filterlet_conv_s8,
 * scratch aligned to 8 bytes. */
void dtmm_filterlet_conv_wrapper_s8(const DtmmFilterletOptions* options, const DtmmConvShape* shape,
                                    const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                                    int8_t* scratch);

#ifdef __cplusplus
}
#endif

#endif /* DTMM_FILTERLET_CONV_H_ */
