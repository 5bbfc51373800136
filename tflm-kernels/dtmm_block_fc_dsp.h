/* The inner loops of the DSP block fully connected. */
#ifndef DTMM_BLOCK_FC_DSP_H_
#define DTMM_BLOCK_FC_DSP_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Four outputs, and the blocks of weights that are added to them. The order of the fields is known to the
 * assembler. */
typedef struct DtmmTilesDsp {
  int32_t sums[4];
  int32_t block; /* inputs of a block, a multiple of 4 */
} DtmmTilesDsp;

/* Adds blocks of four outputs by `block` inputs to the sums. Bit 31 of `kept`, which is not 0, is the block
 * that starts at `inputs`. weights: of the kept blocks. Returns the weights that follow. */
const int8_t* dtmm_sum_tiles_dsp(uint32_t kept, const int8_t* inputs, const int8_t* weights,
                                 DtmmTilesDsp* tiles);

#ifdef __cplusplus
}
#endif

#endif /* DTMM_BLOCK_FC_DSP_H_ */
