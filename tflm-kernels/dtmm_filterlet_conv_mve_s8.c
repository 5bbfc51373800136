/* Filterlet convolution for Armv8.1-M MVE (Cortex-M55, M85).
 *
 * Input rows are laid out once in a rolling line buffer (dtmm_lines_mve.h), where eight output positions of
 * any tap are eight neighbouring cells. Some filters at a time are decoded to records
 * (dtmm_read_filters_mve.h); a row of outputs then gets a table of where the cells of its first positions
 * start, and runs over the records (dtmm_row_mve.h). */
#include "dtmm_filterlet_conv.h"
#include "dtmm_lines_mve.h"
#include "dtmm_load_line_mve.h"
#include "dtmm_read_filters_mve.h"
#include "dtmm_row_mve.h"
#include "dtmm_target.h"

#if DTMM_USE_MVE

#include <string.h>

/* What all rows share. */
typedef struct Layer {
  const DtmmFilterletOptions* options;
  DtmmLinesMve lines;
  DtmmRowMve row;        /* of the current filters */
  int8_t* aside;         /* [position][current filter]: a group that is computed aside */
  int8_t* buffer;        /* the lines */
  int32_t first;         /* current filter */
  int32_t filters;       /* number of current ones */
  const int8_t* weights; /* of the current ones; behind them once a row was computed */
} Layer;

/* Writes the cells of the group at column `x` into the table, for an output row that reads the padded input
 * from row `top` on. */
static void set_table(const Layer* layer, int32_t top, int32_t x) {
  const DtmmFilterletOptions* options = layer->options;
  const DtmmLinesMve* lines = &layer->lines;
  const int32_t phase_bytes = lines->phase_bytes;
  const int32_t cell_step = lines->halves * lines->plane_bytes;
  const int32_t tap_columns = lines->folded ? 1 : options->kernel_width;
  const int8_t** next = layer->row.table;
  int32_t ky;
  for (ky = 0; ky < options->kernel_height; ++ky) {
    const int32_t line = (top + ky * options->dilation_height) % lines->lines;
    const int8_t* column = layer->buffer + line * lines->line_bytes + x * lines->column_bytes;
    int32_t phase = 0;
    int32_t kx;
    for (kx = 0; kx < tap_columns; ++kx) {
      const int8_t* cell = column + phase * phase_bytes;
      const int8_t* end = cell + phase_bytes;
      for (; cell != end; cell += cell_step) *next++ = cell;
      for (phase += options->dilation_width; phase >= options->stride_width; phase -= options->stride_width) {
        column += lines->column_bytes;
      }
    }
  }
}

/* Computes `groups` groups from column `x` on. */
static void run_groups(Layer* layer, int32_t top, int32_t x, int32_t groups, int8_t* output) {
  set_table(layer, top, x);
  layer->row.groups = groups;
  layer->row.output = output;
  layer->weights = dtmm_row_mve(&layer->row);
}

/* All groups of an output row (of stacked ones), computed aside. */
static void convolve_aside(Layer* layer, int32_t top, int8_t* output) {
  const int32_t channels = layer->options->output_channels;
  const int32_t width = layer->lines.width;
  const int32_t stacked = layer->lines.stacked;
  int32_t x;
  for (x = 0; x < width; x += layer->lines.group_columns) {
    const int32_t columns = dtmm_min(layer->lines.group_columns, width - x);
    int32_t position;
    run_groups(layer, top, x, 1, layer->aside);
    for (position = 0; position < stacked * columns; ++position) {
      memcpy(output + (position % stacked * width + x + position / stacked) * channels,
             layer->aside + position * layer->filters, (size_t)layer->filters);
    }
  }
}

/* All columns of an output row (of stacked ones), which reads the padded input from row `top` on. */
static void convolve_row(Layer* layer, int32_t top, int8_t* output) {
  const int32_t group = layer->lines.group_columns;
  const int32_t groups = layer->lines.width / group;
  const int32_t last = layer->lines.width - group;
  output += layer->first;
  if (layer->lines.aside) {
    convolve_aside(layer, top, output);
    return;
  }
  run_groups(layer, top, 0, groups, output);
  /* What is left is the end of a group that overlaps the last one. */
  if (layer->lines.width % group != 0) {
    run_groups(layer, top, last, 1, output + last * layer->options->output_channels);
  }
}

/* One image of a batch. */
static void convolve_image(Layer* layer, const DtmmConvShape* shape, const int8_t* input, int8_t* output) {
  const int32_t stacked = layer->lines.stacked;
  DtmmLineSource source;
  int32_t next_line = 0; /* first padded row that was not loaded yet */
  int32_t y;
  source.options = layer->options;
  source.lines = &layer->lines;
  source.geometry = dtmm_conv_geometry(layer->options, shape);
  source.input = input;
  source.height = shape->input.height;
  source.width = shape->input.width;
  dtmm_fill_vectors_mve(layer->buffer, DTMM_MVE_BYTES, layer->lines.all_lines_bytes / DTMM_MVE_BYTES,
                        layer->options->input_zero_point);
  for (y = 0; y < shape->output.height; y += stacked) {
    /* The last stacked rows may overlap those before. */
    const int32_t row = dtmm_min(y, shape->output.height - stacked);
    const int32_t top = row * layer->options->stride_height;
    if (next_line < top) next_line = top;
    for (; next_line < top + layer->lines.lines; ++next_line) {
      dtmm_load_line_mve(&source, next_line,
                         layer->buffer + next_line % layer->lines.lines * layer->lines.line_bytes);
    }
    convolve_row(layer, top, output + row * shape->output.width * shape->output.channels);
  }
}

/* A 1x1 convolution with stride 1: positions are independent of their place, so the whole batch is one row.
 */
static void convolve_positions(Layer* layer, const DtmmConvShape* shape, const int8_t* input,
                               int8_t* output) {
  const int32_t channels = layer->options->input_channels;
  const int32_t positions = shape->output.batches * shape->output.height * shape->output.width;
  const int32_t width = layer->lines.width;
  int32_t x;
  for (x = 0; x < positions; x += width) {
    /* The last tile may overlap the one before. */
    const int32_t first = dtmm_min(x, positions - width);
    dtmm_load_positions_mve(&layer->lines, input + first * channels, channels, width, layer->buffer, 0);
    convolve_row(layer, 0, output + first * shape->output.channels);
  }
}

/* The current filters at all positions. */
static void convolve_filters(Layer* layer, const DtmmConvShape* shape, const int8_t* input, int8_t* output) {
  const int32_t image = shape->input.height * shape->input.width * shape->input.channels;
  const int32_t result = shape->output.height * shape->output.width * shape->output.channels;
  int32_t batch;
  if (layer->lines.pointwise) {
    convolve_positions(layer, shape, input, output);
    return;
  }
  for (batch = 0; batch < shape->input.batches; ++batch) {
    convolve_image(layer, shape, input + batch * image, output + batch * result);
  }
}

/* What does not change from filter to filter. */
static void set_row(Layer* layer) {
  const DtmmFilterletOptions* options = layer->options;
  const DtmmLinesMve* lines = &layer->lines;
  DtmmRowMve* row = &layer->row;
  row->cells = lines->cells;
  row->group_bytes = lines->group_columns * lines->column_bytes;
  row->zero_point = options->output_zero_point;
  row->min = options->activation_min;
  row->max = options->activation_max;
  row->half = lines->plane_bytes;
  row->cell_vectors = lines->plane_vectors * lines->halves;
}

/* Where the outputs of a group lie. */
static void set_positions(Layer* layer, uint16_t* positions) {
  const int32_t stacked = layer->lines.stacked;
  const int32_t column_step = layer->lines.aside ? stacked * layer->filters : layer->options->output_channels;
  const int32_t row_step = layer->lines.aside ? layer->filters : layer->lines.width * column_step;
  int32_t position;
  for (position = 0; position < DTMM_MVE_POSITIONS; ++position) {
    positions[position] = (uint16_t)(position % stacked * row_step + position / stacked * column_step);
  }
  layer->row.positions = positions;
  layer->row.output_step = layer->lines.group_columns * column_step;
}

void dtmm_filterlet_conv_mve_s8(const DtmmFilterletOptions* options, const DtmmConvShape* shape,
                                const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                                int8_t* scratch) {
  const int8_t* table[DTMM_MVE_STACK_CELLS + 3];
  int32_t stack_records[DTMM_MVE_STACK_RECORD_WORDS + 2];
  uint16_t positions[DTMM_MVE_POSITIONS];
  int32_t* records = stack_records;
  const int8_t* packed_weights = packed->weights;
  Layer layer;
  layer.options = options;
  dtmm_lines_mve(options, shape, &layer.lines);
  set_row(&layer);
  layer.row.table = layer.lines.records_at > 0 ? (const int8_t**)(void*)scratch : table;
  if (layer.lines.expanded_at > layer.lines.records_at) {
    records = (int32_t*)(void*)(scratch + layer.lines.records_at);
  }
  layer.row.records = records;
  layer.aside = scratch + layer.lines.aside_at;
  layer.buffer = scratch + layer.lines.lines_at;
  layer.weights = packed->weights;
  for (layer.first = 0; layer.first < options->output_channels; layer.first += layer.lines.chunk) {
    int8_t* expanded = scratch + layer.lines.expanded_at;
    layer.filters = dtmm_min(layer.lines.chunk, options->output_channels - layer.first);
    packed_weights = dtmm_read_filters_mve(options, packed, &layer.lines, layer.first, layer.filters,
                                           packed_weights, expanded, records);
    layer.row.weights = layer.lines.whole_cells ? layer.weights : expanded;
    layer.row.records_end = records + layer.filters * layer.lines.record_words;
    set_positions(&layer, positions);
    convolve_filters(&layer, shape, input, output);
  }
}

#endif /* DTMM_USE_MVE */
