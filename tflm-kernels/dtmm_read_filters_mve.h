/* From packed weights to the records that dtmm_row_mve.h runs over. */
#ifndef DTMM_READ_FILTERS_MVE_H_
#define DTMM_READ_FILTERS_MVE_H_

#include <stdint.h>

#include "dtmm_filterlet_conv.h"
#include "dtmm_lines_mve.h"

/* Writes the records of `count` filters from `first` on, and two words of 0.
 *
 * expanded: their weights in whole cells, if the blocks are not; then the weights that follow theirs are
 * returned. weights: the packed weights of the first one, of no use if the blocks are whole cells. */
const int8_t* dtmm_read_filters_mve(const DtmmFilterletOptions* options, const DtmmPackedTensors* packed,
                                    const DtmmLinesMve* lines, int32_t first, int32_t count,
                                    const int8_t* weights, int8_t* expanded, int32_t* records);

#endif /* DTMM_READ_FILTERS_MVE_H_ */
