#include "dtmm_conv_geometry.h"
#include "dtmm_patch.h"

/* Where output positions read. */
typedef struct Walk {
  const DtmmFilterletOptions* options;
  const DtmmConvShape* shape;
  DtmmConvGeometry geometry;
  const int8_t* input;
  const int8_t* padding; /* a column of the input zero point */
} Walk;

/* One output position. */
typedef struct Position {
  int32_t batch;
  int32_t y;
  int32_t x;
} Position;

static Position next_position(const DtmmConvShape* shape, Position at) {
  if (++at.x < shape->output.width) return at;
  at.x = 0;
  if (++at.y < shape->output.height) return at;
  at.y = 0;
  ++at.batch;
  return at;
}

/* The channels that a tap reads at a position. */
static const int8_t* channels_at(const Walk* walk, Position at, int32_t row, int32_t column) {
  const DtmmFilterletOptions* options = walk->options;
  const DtmmNhwc* size = &walk->shape->input;
  const int32_t y = at.y * options->stride_height + row * options->dilation_height - walk->geometry.pad_top;
  const int32_t x = at.x * options->stride_width + column * options->dilation_width - walk->geometry.pad_left;
  if (y < 0 || y >= size->height || x < 0 || x >= size->width) return walk->padding;
  return walk->input + ((at.batch * size->height + y) * size->width + x) * size->channels;
}

/* Fills in one tap: values[channel * step] are those of the group. */
static void load_tap(const int8_t* const* from, int32_t channels, int32_t step, DtmmPatchValue* values) {
  const int8_t* first = from[0];
  const int8_t* second = from[1];
  const int8_t* third = from[2];
  const int8_t* fourth = from[3];
  int32_t c;
  for (c = 0; c < channels; ++c) {
    values[0] = first[c];
    values[1] = second[c];
    values[2] = third[c];
    values[3] = fourth[c];
    values += step;
  }
}

static void load_patch(const Walk* walk, const Position* group, DtmmPatchLayout layout,
                       DtmmPatchValue* patch) {
  const DtmmFilterletOptions* options = walk->options;
  int32_t tap = 0;
  int32_t row;
  for (row = 0; row < options->kernel_height; ++row) {
    int32_t column;
    for (column = 0; column < options->kernel_width; ++column) {
      const int8_t* from[DTMM_PATCH_GROUP];
      int32_t i;
      for (i = 0; i < DTMM_PATCH_GROUP; ++i) from[i] = channels_at(walk, group[i], row, column);
      load_tap(from, options->input_channels, layout.channel_step * DTMM_PATCH_GROUP,
               patch + tap * layout.tap_step * DTMM_PATCH_GROUP);
      ++tap;
    }
  }
}

void dtmm_patch_conv(const DtmmFilterletOptions* options, const DtmmConvShape* shape, DtmmPatchLayout layout,
                     DtmmPatchKernel kernel, const void* layer, const int8_t* input, int8_t* output,
                     int8_t* scratch) {
  const int32_t positions = shape->output.batches * shape->output.height * shape->output.width;
  const int32_t values = options->kernel_height * options->kernel_width * options->input_channels;
  DtmmPatchValue* patch = (DtmmPatchValue*)(void*)scratch;
  int8_t* padding = scratch + values * DTMM_PATCH_GROUP * (int32_t)sizeof(DtmmPatchValue);
  Position at = {0, 0, 0};
  Walk walk;
  int32_t done;
  memset(padding, options->input_zero_point, (size_t)options->input_channels);
  walk.options = options;
  walk.shape = shape;
  walk.geometry = dtmm_conv_geometry(options, shape);
  walk.input = input;
  walk.padding = padding;
  for (done = 0; done < positions; done += DTMM_PATCH_GROUP) {
    const int32_t count = dtmm_min(DTMM_PATCH_GROUP, positions - done);
    Position group[DTMM_PATCH_GROUP];
    int32_t i;
    for (i = 0; i < DTMM_PATCH_GROUP; ++i) {
      group[i] = at;
      if (i + 1 < count) at = next_position(shape, at);
    }
    at = next_position(shape, at);
    load_patch(&walk, group, layout, patch);
    kernel(layer, patch, count, output + done * options->output_channels);
  }
}
