/* Fills the line buffer of dtmm_lines_mve.h from NHWC input. */
#ifndef DTMM_LOAD_LINE_MVE_H_
#define DTMM_LOAD_LINE_MVE_H_

#include <stdint.h>

#include "dtmm_layer_mve.h"

/* Lays out one line: the first of its stacked rows is row `top` of the padded input, the others are a stride
 * each below. The padding left and right must have been filled before, which no line overwrites. */
void dtmm_load_line_mve(const DtmmLayerMve* layer, int32_t top, int8_t* line);

#endif /* DTMM_LOAD_LINE_MVE_H_ */
