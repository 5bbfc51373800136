/* Padding and line buffer of a convolution, with the formulas of TFLite's ComputePaddingHeightWidth. */
#ifndef DTMM_CONV_GEOMETRY_H_
#define DTMM_CONV_GEOMETRY_H_

#include <stdint.h>

#include "dtmm_filterlet_conv.h"

typedef struct DtmmConvGeometry {
  int32_t window_height; /* input rows that the dilated kernel spans */
  int32_t window_width;  /* input columns that the dilated kernel spans */
  int32_t pad_top;       /* rows of padding above the input */
  int32_t pad_left;      /* columns of padding left of the input */
  int32_t line_width;    /* columns that one output row reads, padding included */
  int32_t padded;        /* 1 if some output reads padding */
} DtmmConvGeometry;

/* Input rows or columns that a kernel of `size` spans. */
static inline int32_t dtmm_window(int32_t size, int32_t dilation) { return (size - 1) * dilation + 1; }

/* Output rows or columns; 0 or less if a VALID window does not fit. `stride` is at least 1. */
static inline int32_t dtmm_output_size(int32_t padding, int32_t input, int32_t window, int32_t stride) {
  if (padding == DTMM_PADDING_SAME) return (input - 1) / stride + 1;
  return input < window ? 0 : (input - window) / stride + 1;
}

/* Geometry of a checked layer. */
static inline DtmmConvGeometry dtmm_conv_geometry(const DtmmFilterletOptions* options,
                                                  const DtmmConvShape* shape) {
  DtmmConvGeometry geometry;
  int32_t extra_rows;
  int32_t extra_columns;
  geometry.window_height = dtmm_window(options->kernel_height, options->dilation_height);
  geometry.window_width = dtmm_window(options->kernel_width, options->dilation_width);
  geometry.line_width = (shape->output.width - 1) * options->stride_width + geometry.window_width;
  extra_rows =
      (shape->output.height - 1) * options->stride_height + geometry.window_height - shape->input.height;
  extra_columns = geometry.line_width - shape->input.width;
  geometry.pad_top = extra_rows > 0 ? extra_rows / 2 : 0;
  geometry.pad_left = extra_columns > 0 ? extra_columns / 2 : 0;
  geometry.padded = extra_rows > 0 || extra_columns > 0;
  return geometry;
}

#endif /* DTMM_CONV_GEOMETRY_H_ */
