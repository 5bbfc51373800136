/* Filterlet convolution for Armv8.1-M MVE (Cortex-M55, M85).
 *
 * Input rows are laid out once in a rolling line buffer (dtmm_lines_mve.h), where eight output positions of any
 * tap are eight neighbouring cells. Some filters at a time are decoded to records (dtmm_records_mve.h); a row of
 * outputs then gets a table of where the cells of its first positions start, and runs over the records
 * (dtmm_row_mve.h). */
#include "dtmm_target.h"

#if DTMM_USE_MVE

#include <arm_mve.h>
#include <string.h>

#include "dtmm_conv_geometry.h"
#include "dtmm_filterlet_conv.h"
#include "dtmm_lines_mve.h"
#include "dtmm_load_line_mve.h"
#include "dtmm_records_mve.h"
#include "dtmm_row_mve.h"

/* What all rows share. */
typedef struct Layer {
  const DtmmFilterletOptions* options;
  DtmmLinesMve lines;
  DtmmRowMve row;      /* of the current filters */
  const int8_t** table;
  int8_t* aside;       /* [position][current filter]: a group that is computed aside */
  int8_t* buffer;      /* the lines */
  int32_t filters;     /* current ones */
  int32_t first;       /* of them */
  const int8_t* next;  /* weights that follow theirs, once a row was computed */
} Layer;

/* Writes the cells of the group at column `x` into the table, for an output row that reads the padded input from
 * row `top` on. */
static void set_table(const Layer* layer, int32_t top, int32_t x) {
  const DtmmFilterletOptions* options = layer->options;
  const DtmmLinesMve* lines = &layer->lines;
  const int32_t line_bytes = (int32_t)dtmm_line_bytes(lines);
  const int32_t column_bytes = dtmm_column_bytes(lines);
  const int32_t plane_bytes = dtmm_plane_bytes(lines);
  const int32_t phase_bytes = lines->planes * plane_bytes;
  const int32_t cell_bytes = lines->halves * plane_bytes;
  const int32_t tap_columns = lines->folded ? 1 : options->kernel_width;
  const int8_t** next = layer->table;
  int32_t ky;
  for (ky = 0; ky < options->kernel_height; ++ky) {
    const int32_t line = (top + ky * options->dilation_height) % lines->lines;
    const int8_t* column = layer->buffer + line * line_bytes + x * column_bytes;
    int32_t phase = 0;
    int32_t kx;
    for (kx = 0; kx < tap_columns; ++kx) {
      const int8_t* cell = column + phase * phase_bytes;
      const int8_t* end = cell + phase_bytes;
      for (; cell != end; cell += cell_bytes) *next++ = cell;
      for (phase += options->dilation_width; phase >= options->stride_width; phase -= options->stride_width) {
        column += column_bytes;
      }
    }
  }
}

/* Computes `groups` groups from column `x` on, whose outputs lie row_step and column_step bytes apart. */
static void run_groups(Layer* layer, int32_t top, int32_t x, int32_t groups, int8_t* output, int32_t row_step,
                       int32_t column_step) {
  const int32_t stacked = layer->lines.stacked;
  uint16_t positions[DTMM_MVE_POSITIONS];
  int32_t position;
  for (position = 0; position < DTMM_MVE_POSITIONS; ++position) {
    positions[position] = (uint16_t)(position % stacked * row_step + position / stacked * column_step);
  }
  set_table(layer, top, x);
  layer->row.table = layer->table;
  layer->row.positions = positions;
  layer->row.groups = groups;
  layer->row.output = output;
  layer->row.output_step = dtmm_group_columns(&layer->lines) * column_step;
  layer->next = dtmm_row_mve(&layer->row);
}

/* A group whose first `columns` columns are outputs, computed aside. */
static void convolve_aside(Layer* layer, int32_t top, int32_t x, int32_t columns, int8_t* output) {
  const int32_t channels = layer->options->output_channels;
  const int32_t stacked = layer->lines.stacked;
  int32_t position;
  run_groups(layer, top, x, 1, layer->aside, layer->filters, stacked * layer->filters);
  for (position = 0; position < stacked * columns; ++position) {
    memcpy(output + (position % stacked * layer->lines.width + position / stacked) * channels,
           layer->aside + position * layer->filters, (size_t)layer->filters);
  }
}

/* All columns of an output row (of stacked ones), which reads the padded input from row `top` on. */
static void convolve_row(Layer* layer, int32_t top, int8_t* output) {
  const int32_t channels = layer->options->output_channels;
  const int32_t width = layer->lines.width;
  const int32_t group = dtmm_group_columns(&layer->lines);
  const int32_t row_step = width * channels;
  int32_t x;
  output += layer->first;
  if (layer->lines.aside) {
    for (x = 0; x < width; x += group) {
      convolve_aside(layer, top, x, dtmm_min(group, width - x), output + x * channels);
    }
    return;
  }
  run_groups(layer, top, 0, width / group, output, row_step, channels);
  /* What is left is the end of a group that overlaps the last one. */
  x = width - group;
  if (width % group != 0) run_groups(layer, top, x, 1, output + x * channels, row_step, channels);
}

/* One image of a batch. */
static void convolve_image(Layer* layer, const DtmmConvShape* shape, const int8_t* input, int8_t* output) {
  const DtmmFilterletOptions* options = layer->options;
  const DtmmConvGeometry geometry = dtmm_conv_geometry(options, shape);
  const int32_t line_bytes = (int32_t)dtmm_line_bytes(&layer->lines);
  const int32_t last = shape->output.height - layer->lines.stacked;
  int32_t next_line = 0; /* first padded row that was not loaded yet */
  int32_t y;
  dtmm_fill_mve(layer->buffer, options->input_zero_point, (int32_t)dtmm_all_lines_bytes(&layer->lines));
  for (y = 0; y < shape->output.height; y += layer->lines.stacked) {
    /* The last stacked rows may overlap those before. */
    const int32_t row = dtmm_min(y, last);
    const int32_t top = row * options->stride_height;
    int32_t line;
    for (line = next_line > top ? next_line : top; line < top + geometry.window_height; ++line) {
      dtmm_load_line_mve(&layer->lines, options, &geometry, &shape->input, input, line,
                         layer->buffer + line % layer->lines.lines * line_bytes);
    }
    next_line = line;
    convolve_row(layer, top, output + row * shape->output.width * shape->output.channels);
  }
}

/* A 1x1 convolution with stride 1: positions are independent of their place, so the whole batch is one row. */
static void convolve_positions(Layer* layer, const DtmmConvShape* shape, const int8_t* input, int8_t* output) {
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
  DtmmRowMve* row = &layer->row;
  row->cells = (int32_t)dtmm_filter_cells(&layer->lines);
  row->group_bytes = DTMM_MVE_POSITIONS * dtmm_position_bytes(&layer->lines);
  row->zero_point = options->output_zero_point;
  row->min = options->activation_min;
  row->max = options->activation_max;
  row->half = dtmm_plane_bytes(&layer->lines);
  row->cell_vectors = layer->lines.plane_vectors * layer->lines.halves;
}

void dtmm_filterlet_conv_mve_s8(const DtmmFilterletOptions* options, const DtmmConvShape* shape,
                                const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                                int8_t* scratch) {
  const int8_t* table[DTMM_MVE_STACK_CELLS + 3];
  int32_t stack_records[DTMM_MVE_STACK_RECORD_WORDS];
  int32_t* records = stack_records;
  DtmmFilterReaderMve reader;
  DtmmScratchMve parts;
  Layer layer;
  int32_t chunk;
  layer.options = options;
  layer.lines = dtmm_lines_mve(options, shape);
  set_row(&layer);
  chunk = dtmm_chunk_filters(&layer.lines, options->output_channels);
  parts = dtmm_scratch_mve(&layer.lines, options->output_channels);
  layer.table = parts.records > 0 ? (const int8_t**)(void*)scratch : table;
  if (parts.expanded > parts.records) records = (int32_t*)(void*)(scratch + parts.records);
  layer.aside = scratch + parts.aside;
  layer.buffer = scratch + parts.lines;
  layer.next = packed->weights;
  reader.index = dtmm_index_reader(packed->index);
  reader.packed = packed->weights;
  for (layer.first = 0; layer.first < options->output_channels; layer.first += chunk) {
    layer.filters = dtmm_min(chunk, options->output_channels - layer.first);
    reader.expanded = scratch + parts.expanded;
    layer.row.weights = layer.lines.whole_cells ? layer.next : reader.expanded;
    layer.row.records = records;
    layer.row.records_end = records + layer.filters * dtmm_record_words(&layer.lines);
    dtmm_read_filters_mve(&layer.lines, options, packed->records, &reader, layer.first, layer.filters,
                          records);
    convolve_filters(&layer, shape, input, output);
  }
}

#endif /* DTMM_USE_MVE */
