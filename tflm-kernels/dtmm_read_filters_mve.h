/* From packed weights to the records that dtmm_row_mve.h runs over. */
#ifndef DTMM_READ_FILTERS_MVE_H_
#define DTMM_READ_FILTERS_MVE_H_

#include "dtmm_layer_mve.h"

/* Decodes the next filters: as many as there is room for, one at least. */
void dtmm_read_filters_mve(DtmmLayerMve* layer);

#endif /* DTMM_READ_FILTERS_MVE_H_ */
