/* Filterlet convolution for Armv8.1-M MVE (Cortex-M55, M85).
 *
 * Input rows are laid out once in a rolling line buffer (dtmm_lines_mve.h), where eight output positions of
 * any tap are eight neighbouring vectors. A table says where the cells of a row's first positions start. Some
 * filters at a time are decoded to records (dtmm_read_filters_mve.h), and every row of outputs runs over
 * them (dtmm_row_mve.h). */
#include "dtmm_filterlet_conv.h"
#include "dtmm_layer_mve.h"
#include "dtmm_lines_mve.h"
#include "dtmm_load_line_mve.h"
#include "dtmm_read_filters_mve.h"
#include "dtmm_row_mve.h"
#include "dtmm_target.h"

#if DTMM_USE_MVE

#include <string.h>

/* Fills the table: the cells of kernel rows at output column 0, one kernel row per line, and lines in the
 * order in which the rows of a dilated kernel use them, from line 0 on. It goes around once, and on until a
 * kernel that starts at any line has its rows one behind the other. */
static void set_table(const DtmmLayerMve* layer, const int8_t** table) {
  const DtmmFilterletOptions* options = layer->options;
  const DtmmLinesMve* lines = &layer->lines;
  const int32_t rows = lines->lines + options->kernel_height - 1;
  int32_t row;
  for (row = 0; row < rows; ++row) {
    const int8_t* column = layer->buffer + row * options->dilation_height % lines->lines * lines->line_bytes;
    const int8_t** row_end = table + lines->row_cells;
    int32_t phase = 0;
    while (table < row_end) {
      const int8_t* cell = column + phase * lines->phase_bytes;
      const int8_t* end = cell + lines->phase_bytes;
      for (; cell < end; cell += lines->cell_vectors * lines->plane_bytes) *table++ = cell;
      for (phase += options->dilation_width; phase >= options->stride_width; phase -= options->stride_width) {
        column += lines->column_bytes;
      }
    }
  }
}

/* Sets what is the same for all rows and filters. */
static void set_row(DtmmLayerMve* layer) {
  const DtmmFilterletOptions* options = layer->options;
  const DtmmLinesMve* lines = &layer->lines;
  const int32_t channels = options->output_channels;
  DtmmRowMve* row = &layer->row;
  int32_t position;
  row->zero_point = options->output_zero_point;
  row->group_positions = lines->group_positions;
  row->output_step = lines->group_positions / lines->stacked * channels;
  row->group_bytes = lines->group_positions * DTMM_MVE_BYTES;
  row->last_bytes = (lines->stacked * lines->output_width - 1) / lines->group_positions * -row->group_bytes;
  row->cells = lines->cells;
  row->plane_bytes = lines->plane_bytes;
  row->cell_vectors = lines->cell_vectors;
  row->min = options->activation_min;
  row->max = options->activation_max;
  for (position = 0; position < DTMM_MVE_POSITIONS; ++position) {
    const int32_t place = position % lines->stacked * lines->output_width + position / lines->stacked;
    row->offsets[position] = (uint16_t)(place * channels);
  }
}

/* The current filters at all positions of an image. */
static void convolve_image(DtmmLayerMve* layer, const int8_t** table, int8_t* output) {
  const DtmmFilterletOptions* options = layer->options;
  const DtmmLinesMve* lines = &layer->lines;
  const int32_t height = lines->lines;
  const int32_t table_step = height - options->kernel_height + 1; /* of the lines' order, to the next line */
  int32_t next_line = 0; /* first padded row that was not loaded yet */
  int32_t y;
  memset(layer->buffer, options->input_zero_point, (size_t)(lines->buffer_bytes + lines->row_bytes));
  for (y = 0; y < lines->output_height; y += lines->stacked) {
    /* The last rows may overlap those before. */
    const int32_t row = dtmm_min(y, lines->output_height - lines->stacked);
    const int32_t top = row * options->stride_height;
    const int32_t position =
        dtmm_min(row * lines->output_width, lines->output_positions - lines->output_width);
    if (next_line < top) next_line = top;
    for (; next_line < top + height; ++next_line) {
      dtmm_load_line_mve(layer, next_line, layer->buffer + next_line % height * lines->line_bytes);
    }
    layer->row.table = table + top % height * table_step % height * lines->row_cells;
    layer->row.positions = lines->output_width * lines->stacked;
    layer->row.output = output + position * options->output_channels;
    dtmm_row_mve(&layer->row);
  }
}

void dtmm_filterlet_conv_mve_s8(const DtmmFilterletOptions* options, const DtmmConvShape* shape,
                                const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                                int8_t* scratch) {
  const int8_t* stack[DTMM_MVE_STACK_BYTES / sizeof(int8_t*)];
  const int8_t** table = stack;
  int32_t work_bytes = DTMM_MVE_STACK_BYTES;
  DtmmLayerMve layer;
  dtmm_lines_mve(options, shape, &layer.lines);
  if (layer.lines.work_bytes > DTMM_MVE_STACK_BYTES) {
    work_bytes = layer.lines.work_bytes;
    table = (const int8_t**)(void*)scratch;
    scratch += work_bytes;
  }
  layer.options = options;
  layer.packed = packed;
  layer.expanded = scratch;
  layer.buffer = scratch + layer.lines.expanded_bytes;
  layer.padded_row = layer.buffer + layer.lines.buffer_bytes;
  layer.records = (uint16_t*)(void*)((int8_t*)table + layer.lines.table_bytes);
  layer.record_end = (const uint16_t*)(const void*)((const int8_t*)table + work_bytes);
  layer.next_filter = 0;
  layer.next_bit = 0;
  layer.next_weights = packed->weights;
  layer.row.records = layer.records;
  set_row(&layer);
  set_table(&layer, table);
  do {
    int8_t* image_output = output + layer.next_filter;
    int32_t batch;
    layer.row.weights = layer.lines.whole_cells ? layer.next_weights : layer.expanded;
    dtmm_read_filters_mve(&layer);
    layer.image = input;
    for (batch = 0; batch < layer.lines.batches; ++batch) {
      convolve_image(&layer, table, image_output);
      layer.image += layer.lines.positions * options->input_channels;
      image_output += layer.lines.output_positions * options->output_channels;
    }
  } while (layer.next_filter < options->output_channels);
}

#endif /* DTMM_USE_MVE */
