/* Fills the line buffer of dtmm_layer_dsp.h from NHWC input. */
#ifndef DTMM_LOAD_LINE_DSP_H_
#define DTMM_LOAD_LINE_DSP_H_

#include "dtmm_layer_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Fills a whole line with the zero point: padding. */
void dtmm_clear_line_dsp(const DtmmLayerDsp* layer, uint32_t* line);

/* Lays out a row of the input whose first column is column `left` of the line, which may lie before it;
 * columns beyond the row stay as they are. */
void dtmm_load_line_dsp(const DtmmLayerDsp* layer, int32_t left, const int8_t* row, uint32_t* line);

#ifdef __cplusplus
}
#endif

#endif /* DTMM_LOAD_LINE_DSP_H_ */
