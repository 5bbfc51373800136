/* Filterlet convolution for Armv8.1-M MVE (Cortex-M55, M85).
 *
 * Input rows are laid out once in a rolling line buffer (dtmm_lines_mve.h), where eight output positions of any
 * tap are eight neighbouring cells. For a stretch of a row of outputs a table holds where the cells of every group
 * of eight start. Filter after filter is then decoded once to words of cells (dtmm_cell_words_mve.h), and computed
 * at all groups (dtmm_filter_mve.h). */
#include "dtmm_target.h"

#if DTMM_USE_MVE

#include <arm_mve.h>
#include <string.h>

#include "dtmm_cell_words_mve.h"
#include "dtmm_conv_geometry.h"
#include "dtmm_filter_mve.h"
#include "dtmm_filterlet_conv.h"
#include "dtmm_lines_mve.h"
#include "dtmm_load_line_mve.h"
#include "dtmm_requantize.h"

enum { kStackWords = DTMM_MVE_STACK_CELLS / (DTMM_MVE_MAX_BLOCK_CELLS / 2) + 2, kIndexWord = 4 };

/* What all rows of a layer share. */
typedef struct Layer {
  const DtmmFilterletOptions* options;
  const DtmmPackedTensors* packed;
  DtmmLinesMve lines;
  DtmmFiltersMve filters;
  int32_t cells;       /* of a filter */
  int32_t groups;      /* that the table has room for */
  const int8_t** table; /* [group][cell] */
  int8_t* buffer;      /* the lines */
} Layer;

/* A stretch of outputs that the table has room for. */
typedef struct Stretch {
  int8_t* output;    /* position 0 of the first of its stacked rows, channel 0 */
  int32_t row_width; /* columns from one stacked row to the next */
  int32_t columns;   /* of the stretch */
  int32_t rows;      /* stacked rows that there are; beyond them the output ends */
} Stretch;

/* Columns of a group. */
static int32_t group_columns(const Layer* layer) { return DTMM_MVE_POSITIONS / layer->lines.stacked; }

/* Writes the cells of all groups of a stretch from column `x` on into the table. Its first output row reads the
 * padded input from row `top` on. */
static void set_table(const Layer* layer, const Stretch* stretch, int32_t top, int32_t x) {
  const DtmmFilterletOptions* options = layer->options;
  const DtmmLinesMve* lines = &layer->lines;
  const int32_t line_bytes = (int32_t)dtmm_line_bytes(lines);
  const int32_t cell_step = dtmm_plane_bytes(lines) * lines->halves;
  const int32_t tap_columns = lines->folded ? 1 : options->kernel_width;
  const int32_t group_bytes = DTMM_MVE_POSITIONS * dtmm_position_bytes(lines);
  const int8_t** next = layer->table;
  int32_t ky;
  int32_t left;
  for (ky = 0; ky < options->kernel_height; ++ky) {
    const int32_t line = (top + ky * options->dilation_height) % lines->lines;
    int32_t kx;
    for (kx = 0; kx < tap_columns; ++kx) {
      const int32_t column = kx * options->dilation_width;
      const int8_t* cell = layer->buffer + line * line_bytes +
                           column % options->stride_width * lines->planes * dtmm_plane_bytes(lines) +
                           (x + column / options->stride_width) * dtmm_column_bytes(lines);
      int32_t count;
      for (count = lines->planes / lines->halves; count > 0; --count, cell += cell_step) *next++ = cell;
    }
  }
  for (left = stretch->columns - group_columns(layer); left > 0; left -= group_columns(layer)) {
    int32_t i;
    for (i = layer->cells; i > 0; --i, ++next) *next = *(next - layer->cells) + group_bytes;
  }
}

/* Offsets of the outputs of a group. */
static void set_positions(const Layer* layer, const Stretch* stretch, uint32_t* positions) {
  const int32_t stacked = layer->lines.stacked;
  int32_t position;
  for (position = 0; position < DTMM_MVE_POSITIONS; ++position) {
    positions[position] = (uint32_t)((position % stacked * stretch->row_width + position / stacked) *
                                     layer->options->output_channels);
  }
}

/* Writes one value at all positions of a stretch. */
static void fill_stretch(const Stretch* stretch, int32_t channels, int8_t* output, int8_t value) {
  int32_t y;
  for (y = 0; y < stretch->rows; ++y) {
    int32_t x;
    for (x = 0; x < stretch->columns; ++x) output[(y * stretch->row_width + x) * channels] = value;
  }
}

/* Computes a filter at the group whose cells start at `table`, and of which only `columns` are output. Returns the
 * weights that follow. */
static const int8_t* partial_group(const Layer* layer, const Stretch* stretch, DtmmFilterMve* filter,
                                   const int8_t* const* table, int32_t columns, int8_t* output) {
  static const uint32_t kPositions[DTMM_MVE_POSITIONS] = {0, 1, 2, 3, 4, 5, 6, 7};
  const int32_t channels = layer->options->output_channels;
  const int32_t stacked = layer->lines.stacked;
  const int8_t* weights;
  int8_t values[DTMM_MVE_POSITIONS];
  int32_t y;
  filter->positions = kPositions;
  filter->output = values;
  filter->table = table;
  filter->end = table + layer->cells;
  weights = dtmm_filter_mve(filter, layer->lines.plane_vectors * layer->lines.halves);
  columns = dtmm_min(columns, group_columns(layer));
  for (y = 0; y < stretch->rows; ++y) {
    int32_t x;
    for (x = 0; x < columns; ++x) {
      output[(y * stretch->row_width + x) * channels] = values[x * stacked + y];
    }
  }
  return weights;
}

/* Computes a filter that has cells at all groups of a stretch; returns the weights that follow. */
static const int8_t* all_groups(const Layer* layer, const Stretch* stretch, DtmmFilterMve* filter,
                                const uint32_t* positions, int8_t* output) {
  const int32_t group = group_columns(layer);
  const int32_t full = stretch->rows == layer->lines.stacked ? stretch->columns / group : 0;
  const int8_t* const* table = (const int8_t* const*)layer->table;
  const int8_t* weights = filter->weights;
  int32_t x;
  if (full > 0) {
    filter->positions = positions;
    filter->output = output;
    filter->table = table;
    filter->end = table + full * layer->cells;
    weights = dtmm_filter_mve(filter, layer->lines.plane_vectors * layer->lines.halves);
  }
  for (x = full * group; x < stretch->columns; x += group) {
    weights = partial_group(layer, stretch, filter, table + x / group * layer->cells, stretch->columns - x,
                            output + x * layer->options->output_channels);
  }
  return weights;
}

/* All filters at a stretch whose lines and table are ready. */
static void convolve_stretch(const Layer* layer, const Stretch* stretch) {
  const DtmmFilterletOptions* options = layer->options;
  const DtmmOutputRange range = {options->output_zero_point, options->activation_min,
                                 options->activation_max};
  const int32_t channels = options->output_channels;
  const int8_t* weights = layer->packed->weights;
  uint32_t positions[DTMM_MVE_POSITIONS];
  DtmmFilterMve filter;
  int32_t channel;
  set_positions(layer, stretch, positions);
  filter.words = layer->filters.words;
  filter.zero_point = range.zero_point;
  filter.output_step = group_columns(layer) * channels;
  filter.min = range.min;
  filter.max = range.max;
  filter.half = dtmm_plane_bytes(&layer->lines);
  for (channel = 0; channel < channels; ++channel) {
    const uint8_t* records = layer->packed->records;
    int8_t* output = stretch->output + channel;
    filter.bias = dtmm_folded_bias(records, channels, channel);
    filter.multiplier = dtmm_multiplier(records, channels, channel);
    filter.shift = dtmm_shift(records, channels, channel);
    if (layer->lines.whole_cells) {
      filter.weights = weights;
      dtmm_put_whole_cells_mve(&layer->filters, channel);
    } else {
      filter.weights = layer->filters.expanded;
      weights = dtmm_expand_cells_mve(&layer->filters, channel, weights);
    }
    if (filter.words->bits == 0) {
      fill_stretch(stretch, channels, output,
                   dtmm_requantize(filter.bias, filter.multiplier, filter.shift, &range));
    } else {
      const int8_t* next = all_groups(layer, stretch, &filter, positions, output);
      if (layer->lines.whole_cells) weights = next;
    }
  }
}

/* A row of `width` columns (or as many stacked ones as there are `rows`), stretch by stretch. Its first row reads
 * the padded input from row `top` on. */
static void convolve_row(const Layer* layer, int32_t top, int32_t width, int32_t rows, int8_t* output) {
  const int32_t step = layer->groups * group_columns(layer);
  Stretch stretch;
  int32_t x;
  stretch.row_width = width;
  stretch.rows = rows;
  for (x = 0; x < width; x += step) {
    stretch.output = output + x * layer->options->output_channels;
    stretch.columns = dtmm_min(step, width - x);
    set_table(layer, &stretch, top, x);
    convolve_stretch(layer, &stretch);
  }
}

/* One image of a batch. */
static void convolve_image(const Layer* layer, const DtmmConvShape* shape, const int8_t* input,
                           int8_t* output) {
  const DtmmFilterletOptions* options = layer->options;
  const DtmmConvGeometry geometry = dtmm_conv_geometry(options, shape);
  const int32_t line_bytes = (int32_t)dtmm_line_bytes(&layer->lines);
  const int32_t row_bytes = shape->output.width * shape->output.channels;
  int32_t next_line = 0; /* first padded row that was not loaded yet */
  int32_t y;
  dtmm_fill_mve(layer->buffer, options->input_zero_point, (int32_t)dtmm_all_lines_bytes(&layer->lines));
  for (y = 0; y < shape->output.height; y += layer->lines.stacked) {
    const int32_t top = y * options->stride_height;
    int32_t line;
    for (line = next_line > top ? next_line : top; line < top + geometry.window_height; ++line) {
      dtmm_load_line_mve(&layer->lines, options, &geometry, &shape->input, input, line,
                         layer->buffer + line % layer->lines.lines * line_bytes);
    }
    next_line = line;
    convolve_row(layer, top, shape->output.width, dtmm_min(layer->lines.stacked, shape->output.height - y),
                 output + y * row_bytes);
  }
}

/* A 1x1 convolution with stride 1: positions are independent of their place, so the whole batch is one row. */
static void convolve_positions(const Layer* layer, const DtmmConvShape* shape, const int8_t* input,
                               int8_t* output) {
  const int32_t channels = layer->options->input_channels;
  int32_t left = shape->output.batches * shape->output.height * shape->output.width;
  while (left > 0) {
    const int32_t width = dtmm_min(layer->lines.width, left);
    dtmm_load_positions_mve(&layer->lines, input, channels, width, layer->buffer, 0);
    convolve_row(layer, 0, width, 1, output);
    input += width * channels;
    output += width * shape->output.channels;
    left -= width;
  }
}

/* Lays out scratch memory; what is small comes on the stack of the caller. */
static void set_memory(Layer* layer, const int8_t** table, DtmmCellWord* words, uint8_t* index,
                       int8_t* scratch) {
  const DtmmPackedTensors* packed = layer->packed;
  DtmmFiltersMve* filters = &layer->filters;
  layer->groups = DTMM_MVE_STACK_CELLS / layer->cells;
  layer->table = table;
  filters->words = words;
  if (layer->groups == 0) {
    layer->groups = 1;
    layer->table = (const int8_t**)(void*)scratch;
    scratch += layer->cells * (int32_t)sizeof(int8_t*);
    filters->words = (DtmmCellWord*)(void*)scratch;
    scratch += (int32_t)dtmm_filter_words(layer->cells) * (int32_t)sizeof(DtmmCellWord);
  }
  filters->expanded = scratch;
  if (!layer->lines.whole_cells) scratch += layer->cells * DTMM_MVE_BYTES;
  layer->buffer = scratch;
  filters->index = packed->index;
  filters->last_word = packed->index_bytes - kIndexWord;
  if (packed->index_bytes < kIndexWord) {
    memcpy(index, packed->index, (size_t)packed->index_bytes);
    filters->index = index;
    filters->last_word = 0;
  }
}

void dtmm_filterlet_conv_mve_s8(const DtmmFilterletOptions* options, const DtmmConvShape* shape,
                                const DtmmPackedTensors* packed, const int8_t* input, int8_t* output,
                                int8_t* scratch) {
  const int32_t image = shape->input.height * shape->input.width * shape->input.channels;
  const int32_t result = shape->output.height * shape->output.width * shape->output.channels;
  const int8_t* table[DTMM_MVE_STACK_CELLS];
  DtmmCellWord words[kStackWords];
  uint8_t index[kIndexWord];
  Layer layer;
  int32_t batch;
  layer.options = options;
  layer.packed = packed;
  layer.lines = dtmm_lines_mve(options, shape);
  layer.cells = (int32_t)dtmm_filter_cells(&layer.lines);
  layer.filters.taps = layer.lines.taps;
  layer.filters.channels = layer.lines.channels;
  layer.filters.block = options->block_channels;
  layer.filters.tap_cells = layer.lines.planes / layer.lines.halves;
  layer.filters.block_cells =
      options->block_channels / (dtmm_position_bytes(&layer.lines) * layer.lines.halves);
  set_memory(&layer, table, words, index, scratch);
  if (layer.lines.pointwise) {
    convolve_positions(&layer, shape, input, output);
    return;
  }
  for (batch = 0; batch < shape->input.batches; ++batch) {
    convolve_image(&layer, shape, input + batch * image, output + batch * result);
  }
}

#endif /* DTMM_USE_MVE */
