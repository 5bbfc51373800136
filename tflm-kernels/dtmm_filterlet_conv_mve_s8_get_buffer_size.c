#include "dtmm_filterlet_conv.h"
#include "dtmm_lines_mve.h"

int32_t dtmm_filterlet_conv_mve_s8_get_buffer_size(const DtmmFilterletOptions* options,
                                                   const DtmmConvShape* shape) {
  const DtmmLinesMve lines = dtmm_lines_mve(options, shape);
  const int64_t cells = dtmm_filter_cells(&lines);
  int64_t bytes = dtmm_all_lines_bytes(&lines);
  if (!lines.whole_cells) bytes += cells * DTMM_MVE_BYTES;
  if (cells > DTMM_MVE_STACK_CELLS) {
    bytes += cells * (int64_t)sizeof(int8_t*) + dtmm_filter_words(cells) * (int64_t)sizeof(DtmmCellWord);
  }
  /* No arena has that much, so the interpreter refuses the layer. */
  return bytes > INT32_MAX ? INT32_MAX : (int32_t)bytes;
}
