#include "dtmm_lines_mve.h"

/* Output rows that are computed together, so that narrow ones fill the eight positions. */
static int32_t stacked_rows(const DtmmNhwc* output) {
  int32_t rows = DTMM_MVE_POSITIONS;
  while (rows > output->height || (rows > 1 && rows * (output->width - 1) >= DTMM_MVE_POSITIONS)) rows /= 2;
  return rows;
}

/* Positions of a tile of a pointwise layer: 8 to 32, if there are as many. */
static int32_t tile_width(const DtmmNhwc* output, int32_t tap_bytes) {
  const int32_t positions = output->batches * output->height * output->width;
  int32_t width = 4 * DTMM_MVE_POSITIONS;
  while (width > DTMM_MVE_POSITIONS && width * tap_bytes > DTMM_MVE_TILE_BYTES) width -= DTMM_MVE_POSITIONS;
  return dtmm_min(width, positions);
}

/* How the channels are cut into cells. */
static void plan_cells(const DtmmFilterletOptions* options, DtmmLinesMve* lines) {
  const int32_t channels = options->input_channels;
  const int32_t block = options->block_channels;
  const int even = channels % block == 0;
  lines->folded =
      channels < DTMM_MVE_BYTES && even && options->kernel_width > 1 && options->dilation_width == 1;
  lines->channels = channels;
  lines->taps = options->kernel_height;
  if (lines->folded) {
    lines->channels *= options->kernel_width;
  } else {
    lines->taps *= options->kernel_width;
  }
  lines->whole_cells = even && block % DTMM_MVE_BYTES == 0;
  lines->plane_vectors = 1;
  lines->halves = 1;
  if (lines->whole_cells) {
    /* The widest cells that divide a block and need one word only. */
    int32_t vectors = 8;
    while (vectors > 1 && (block % (DTMM_MVE_BYTES * vectors) != 0 ||
                           lines->taps * (channels / (DTMM_MVE_BYTES * vectors)) > DTMM_MVE_WORD_CELLS)) {
      vectors /= 2;
    }
    lines->plane_vectors = dtmm_min(vectors, 4);
    lines->halves = vectors / lines->plane_vectors;
  }
  lines->planes = dtmm_ceil_div(lines->channels, DTMM_MVE_BYTES * lines->plane_vectors);
  lines->cells = lines->taps * (lines->planes / lines->halves);
}

/* Lines and their columns. Returns the bytes of all lines. */
static int64_t plan_lines(const DtmmFilterletOptions* options, const DtmmConvShape* shape,
                          DtmmLinesMve* lines) {
  const DtmmConvGeometry geometry = dtmm_conv_geometry(options, shape);
  const int32_t position_bytes = DTMM_MVE_BYTES * lines->plane_vectors;
  int32_t beyond = 0;
  int64_t plane_bytes;
  int64_t bytes;
  lines->pointwise =
      options->kernel_height * options->kernel_width * options->stride_height * options->stride_width == 1;
  lines->width = shape->output.width;
  lines->phases = 1;
  lines->stacked = 1;
  lines->lines = geometry.window_height;
  if (lines->pointwise) {
    lines->width = tile_width(&shape->output, lines->planes * position_bytes);
  } else {
    lines->stacked = stacked_rows(&shape->output);
  }
  lines->columns = lines->width;
  if (!lines->folded) {
    lines->columns += (geometry.window_width - 1) / options->stride_width;
    lines->phases = dtmm_min(options->stride_width, geometry.window_width);
  }
  lines->group_columns = DTMM_MVE_POSITIONS / lines->stacked;
  lines->aside =
      lines->width < lines->group_columns || options->output_channels > UINT16_MAX / DTMM_MVE_POSITIONS;
  if (lines->aside) {
    beyond = dtmm_ceil_div(lines->width, lines->group_columns) * lines->group_columns - lines->width;
  }
  lines->column_bytes = position_bytes * lines->stacked;
  plane_bytes = (int64_t)lines->column_bytes * lines->columns;
  bytes = plane_bytes * lines->planes * lines->phases;
  lines->plane_bytes = (int32_t)plane_bytes;
  lines->phase_bytes = (int32_t)(plane_bytes * lines->planes);
  lines->line_bytes = (int32_t)bytes;
  bytes = bytes * lines->lines + beyond * lines->column_bytes;
  lines->all_lines_bytes = (int32_t)bytes;
  return bytes;
}

int64_t dtmm_lines_mve(const DtmmFilterletOptions* options, const DtmmConvShape* shape, DtmmLinesMve* lines) {
  int64_t bytes;
  plan_cells(options, lines);
  bytes = plan_lines(options, shape, lines);
  lines->record_words = (lines->cells - 1) / DTMM_MVE_WORD_CELLS + 4;
  lines->chunk = dtmm_min(options->output_channels, DTMM_MVE_STACK_RECORD_WORDS / lines->record_words);
  if (!lines->whole_cells) {
    lines->chunk = dtmm_min(lines->chunk, DTMM_MVE_TILE_BYTES / (DTMM_MVE_BYTES * lines->cells));
  }
  if (lines->chunk < 1) lines->chunk = 1;
  /* The table with room for three more, and a record with its end. */
  lines->records_at = lines->cells > DTMM_MVE_STACK_CELLS ? (lines->cells + 3) * (int32_t)sizeof(int8_t*) : 0;
  lines->expanded_at = lines->records_at;
  if (lines->record_words > DTMM_MVE_STACK_RECORD_WORDS) {
    lines->expanded_at += (lines->record_words + 2) * (int32_t)sizeof(int32_t);
  }
  lines->aside_at = lines->expanded_at;
  if (!lines->whole_cells) lines->aside_at += lines->chunk * lines->cells * DTMM_MVE_BYTES;
  lines->lines_at = lines->aside_at;
  if (lines->aside) lines->lines_at += lines->chunk * DTMM_MVE_POSITIONS;
  lines->lines_at = (lines->lines_at + 7) / 8 * 8;
  return bytes + lines->lines_at;
}
