/* From the index and the packed weights of a filter to the list that dtmm_sum_groups_dsp.h runs over. */
#ifndef DTMM_LIST_RUNS_DSP_H_
#define DTMM_LIST_RUNS_DSP_H_

#include "dtmm_layer_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Both list the kept blocks of a filter, whose index starts at `bit` and whose weights start at `weights`, as
 * runs for the current row, and return the weights that follow.
 *
 * Weights are multiplied where they lie, unless they start or end within a quad that is not theirs alone, or
 * their last quad ends behind the weights of the layer: those are moved, with zeros around them. */

/* Of a layer with one block per tap. */
const int8_t* dtmm_list_filterlets_dsp(const DtmmLayerDsp* layer, uint32_t bit, const int8_t* weights);

/* Of a layer with several. */
const int8_t* dtmm_list_blocks_dsp(const DtmmLayerDsp* layer, uint32_t bit, const int8_t* weights);

#ifdef __cplusplus
}
#endif

#endif /* DTMM_LIST_RUNS_DSP_H_ */
