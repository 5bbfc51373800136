/* The inner loop of the DSP block fully connected. */
#ifndef DTMM_BLOCK_FC_DSP_H_
#define DTMM_BLOCK_FC_DSP_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Adds blocks of four outputs by four inputs to the sums of the four outputs. Bit 31 of `kept`, which is not
 * 0, is the block that starts at `inputs`. weights: of the kept blocks, aligned to 4 bytes. Returns the
 * weights that follow. */
const int8_t* dtmm_sum_tiles_dsp(uint32_t kept, const int8_t* inputs, const int8_t* weights, int32_t* sums);

#ifdef __cplusplus
}
#endif

#endif /* DTMM_BLOCK_FC_DSP_H_ */
