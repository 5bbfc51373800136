#include "dtmm_lines_mve.h"

/* How the channels are cut into cells. Returns the columns of a window: 1 if the input is folded. */
static int32_t plan_cells(const DtmmFilterletOptions* options, DtmmLinesMve* lines) {
  const int32_t block = options->block_channels;
  int32_t taps = options->kernel_height * options->kernel_width;
  int32_t window = dtmm_window(options->kernel_width, options->dilation_width);
  int32_t vectors = 0;
  lines->channels = options->input_channels;
  if (lines->channels % block == 0) {
    /* The highest power of two that divides a block. */
    vectors = dtmm_min((block & -block) / DTMM_MVE_BYTES, DTMM_MVE_CELL_VECTORS);
    if (lines->channels < DTMM_MVE_BYTES && options->dilation_width == 1) {
      lines->channels *= window;
      taps = options->kernel_height;
      window = 1;
    }
  }
  lines->whole_cells = vectors > 0;
  lines->cell_vectors = vectors > 0 ? vectors : 1;
  lines->planes = dtmm_ceil_div(lines->channels, DTMM_MVE_BYTES);
  lines->cells = taps * (lines->planes / lines->cell_vectors);
  lines->row_cells = lines->cells / options->kernel_height;
  lines->blocks = taps * dtmm_ceil_div(lines->channels, block);
  return window;
}

/* What is computed of a layer, and what of the input that reads. */
static void plan_shape(const DtmmFilterletOptions* options, const DtmmConvShape* shape, DtmmLinesMve* lines) {
  const DtmmConvGeometry geometry = dtmm_conv_geometry(options, shape);
  lines->batches = shape->input.batches;
  lines->input_height = shape->input.height;
  lines->input_width = shape->input.width;
  lines->positions = lines->input_height * lines->input_width;
  lines->output_height = shape->output.height;
  lines->output_width = shape->output.width;
  lines->output_positions = lines->output_height * lines->output_width;
  lines->pad_top = geometry.pad_top;
  lines->pad_left = geometry.pad_left;
  lines->lines = geometry.window_height;
  if (options->kernel_height * options->kernel_width * options->stride_height * options->stride_width == 1) {
    int32_t width = DTMM_MVE_TILE_BYTES / DTMM_MVE_BYTES / lines->planes & -DTMM_MVE_POSITIONS;
    if (width < DTMM_MVE_POSITIONS) width = DTMM_MVE_POSITIONS;
    if (width > 4 * DTMM_MVE_POSITIONS) width = 4 * DTMM_MVE_POSITIONS;
    lines->positions *= lines->batches;
    lines->output_positions = lines->positions;
    lines->batches = 1;
    lines->input_width = dtmm_min(width, lines->positions);
    lines->output_width = lines->input_width;
    lines->input_height = dtmm_ceil_div(lines->positions, lines->input_width);
    lines->output_height = lines->input_height;
  }
}

/* Lines and their columns. Returns the bytes of all lines and of what is read behind them. */
static int64_t plan_buffer(const DtmmFilterletOptions* options, int32_t window, DtmmLinesMve* lines) {
  int64_t bytes;
  lines->columns = lines->output_width + (window - 1) / options->stride_width;
  lines->phases = dtmm_min(options->stride_width, window);
  lines->stacked = 1;
  if (options->output_channels > UINT16_MAX / DTMM_MVE_POSITIONS) {
    lines->group_positions = 1;
    lines->columns += DTMM_MVE_POSITIONS - 1; /* which a group reads all the same */
  } else {
    lines->group_positions = DTMM_MVE_POSITIONS;
    while (2 * lines->stacked <= lines->output_height &&
           lines->stacked * lines->output_width <= DTMM_MVE_POSITIONS / 2) {
      lines->stacked *= 2;
    }
  }
  lines->column_bytes = DTMM_MVE_BYTES * lines->stacked;
  bytes = (int64_t)lines->column_bytes * lines->columns;
  lines->plane_bytes = (int32_t)bytes;
  bytes *= lines->planes;
  lines->phase_bytes = (int32_t)bytes;
  bytes *= lines->phases;
  lines->line_bytes = (int32_t)bytes;
  bytes *= lines->lines;
  bytes += (-(lines->stacked * lines->output_width) & (DTMM_MVE_POSITIONS - 1)) * DTMM_MVE_BYTES;
  lines->buffer_bytes = (int32_t)bytes;
  return bytes;
}

int32_t dtmm_lines_mve(const DtmmFilterletOptions* options, const DtmmConvShape* shape, DtmmLinesMve* lines) {
  const int32_t window = plan_cells(options, lines);
  int64_t bytes;
  plan_shape(options, shape, lines);
  bytes = plan_buffer(options, window, lines);
  lines->row_bytes = 0;
  if (options->input_channels < DTMM_MVE_BYTES) {
    /* As many columns as all phases have, and what a vector reads behind them. */
    lines->row_bytes =
        (lines->columns * options->stride_width + options->kernel_width) * options->input_channels +
        DTMM_MVE_BYTES;
  }
  lines->expanded_bytes = 0;
  if (!lines->whole_cells) {
    const int32_t filter_bytes = lines->cells * DTMM_MVE_BYTES;
    int32_t filters = DTMM_MVE_TILE_BYTES / filter_bytes;
    if (filters < 1) filters = 1;
    lines->expanded_bytes = dtmm_min(filters, options->output_channels) * filter_bytes;
  }
  bytes += lines->row_bytes + lines->expanded_bytes;
  lines->table_bytes =
      ((lines->lines + options->kernel_height - 1) * lines->row_cells + 3) * (int32_t)sizeof(int8_t*);
  lines->work_bytes = lines->table_bytes + DTMM_MVE_RECORD_BYTES(lines->cells);
  if (lines->work_bytes > DTMM_MVE_STACK_BYTES) {
    lines->work_bytes += DTMM_MVE_STACK_BYTES; /* for more records at a time */
    bytes += lines->work_bytes;
  }
  return bytes > INT32_MAX || lines->cells > DTMM_MVE_MAX_CELLS ? INT32_MAX : (int32_t)bytes;
}
