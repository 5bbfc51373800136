/* The runner of dense int8 layers through CMSIS-NN, for comparison: a convolution through
 * arm_convolve_wrapper_s8, a depthwise one through arm_depthwise_conv_wrapper_s8, a fully connected layer
 * through arm_fully_connected_s8. Requests and answers are those of runner.h with other blobs: int32
 * parameters (below) for options, the layer's weights as TFLite has them, int32 biases for the index, int32
 * multipliers and then shifts for records. Extents: input NHWC, output NHWC. */
#include <stdint.h>

#include "arm_nnfunctions.h"
#include "runner.h"

enum { kConv, kDepthwise, kFullyConnected };

/* The parameters in their order. */
typedef struct Parameters {
  int32_t kind;
  int32_t kernel_height;
  int32_t kernel_width;
  int32_t stride_height;
  int32_t stride_width;
  int32_t pad_top;
  int32_t pad_left;
  int32_t dilation_height;
  int32_t dilation_width;
  int32_t input_offset;
  int32_t output_offset;
  int32_t activation_min;
  int32_t activation_max;
} Parameters;

typedef struct Layer {
  const Parameters* parameters;
  cmsis_nn_dims input;
  cmsis_nn_dims output;
  cmsis_nn_dims bias;
  const int8_t* input_data;
  const int8_t* weights;
  const int32_t* bias_data;
  int32_t* multipliers;
  int32_t* shifts;
} Layer;

static cmsis_nn_dims to_dims(const int32_t* extents) {
  const cmsis_nn_dims dims = {extents[0], extents[1], extents[2], extents[3]};
  return dims;
}

static Layer to_layer(const Request* request, const int32_t* extents) {
  Layer layer;
  if (request->bytes[kOptions] != (int32_t)sizeof(Parameters)) die("other parameters than these");
  layer.parameters = (const Parameters*)(const void*)request->blobs[kOptions];
  layer.input = to_dims(extents);
  layer.output = to_dims(extents + 4);
  layer.bias.n = layer.bias.h = layer.bias.w = 1;
  layer.bias.c = layer.output.c;
  layer.input_data = (const int8_t*)request->blobs[kInput];
  layer.weights = (const int8_t*)request->blobs[kWeights];
  layer.bias_data = (const int32_t*)(const void*)request->blobs[kIndex];
  layer.multipliers = (int32_t*)(void*)request->blobs[kRecords];
  layer.shifts = layer.multipliers + request->bytes[kRecords] / 8;
  return layer;
}

static cmsis_nn_tile tile(int32_t height, int32_t width) {
  cmsis_nn_tile result;
  result.h = height;
  result.w = width;
  return result;
}

static cmsis_nn_activation activation_of(const Parameters* parameters) {
  cmsis_nn_activation activation;
  activation.min = parameters->activation_min;
  activation.max = parameters->activation_max;
  return activation;
}

/* Runs one function of CMSIS-NN between two readings of the counter, and answers. */
#define RUN_AND_ANSWER(call, scratch)                                       \
  do {                                                                      \
    const uint32_t from = board_ticks();                                    \
    const arm_cmsis_nn_status status = (call);                              \
    const uint32_t to = board_ticks();                                      \
    if (status != ARM_CMSIS_NN_SUCCESS) die("CMSIS-NN refuses this layer"); \
    answer_output(output, (scratch), board_instructions(from, to));         \
  } while (0)

static cmsis_nn_context context_of(Guarded scratch) {
  cmsis_nn_context context;
  context.buf = guarded_values(scratch);
  context.size = (int32_t)scratch.bytes;
  return context;
}

static void run_conv(const Layer* layer, Guarded output) {
  const Parameters* p = layer->parameters;
  const cmsis_nn_dims filter = {layer->output.c, p->kernel_height, p->kernel_width, layer->input.c};
  const cmsis_nn_per_channel_quant_params scales = {layer->multipliers, layer->shifts};
  cmsis_nn_conv_params params;
  cmsis_nn_context context;
  Guarded scratch;
  params.input_offset = p->input_offset;
  params.output_offset = p->output_offset;
  params.stride = tile(p->stride_height, p->stride_width);
  params.padding = tile(p->pad_top, p->pad_left);
  params.dilation = tile(p->dilation_height, p->dilation_width);
  params.activation = activation_of(p);
  scratch = guarded_alloc(
      (size_t)arm_convolve_wrapper_s8_get_buffer_size(&params, &layer->input, &filter, &layer->output));
  context = context_of(scratch);
  RUN_AND_ANSWER(arm_convolve_wrapper_s8(&context, &params, &scales, &layer->input, layer->input_data,
                                         &filter, layer->weights, &layer->bias, layer->bias_data,
                                         &layer->output, guarded_values(output)),
                 scratch);
}

static void run_depthwise(const Layer* layer, Guarded output) {
  const Parameters* p = layer->parameters;
  const cmsis_nn_dims filter = {1, p->kernel_height, p->kernel_width, layer->output.c};
  const cmsis_nn_per_channel_quant_params scales = {layer->multipliers, layer->shifts};
  cmsis_nn_dw_conv_params params;
  cmsis_nn_context context;
  Guarded scratch;
  params.input_offset = p->input_offset;
  params.output_offset = p->output_offset;
  params.ch_mult = layer->output.c / layer->input.c;
  params.stride = tile(p->stride_height, p->stride_width);
  params.padding = tile(p->pad_top, p->pad_left);
  params.dilation = tile(p->dilation_height, p->dilation_width);
  params.activation = activation_of(p);
  scratch = guarded_alloc(
      (size_t)arm_depthwise_conv_wrapper_s8_get_buffer_size(&params, &layer->input, &filter, &layer->output));
  context = context_of(scratch);
  RUN_AND_ANSWER(arm_depthwise_conv_wrapper_s8(&context, &params, &scales, &layer->input, layer->input_data,
                                               &filter, layer->weights, &layer->bias, layer->bias_data,
                                               &layer->output, guarded_values(output)),
                 scratch);
}

/* The sums of the weights that MVE wants are constants: TFLM computes them once, before the first inference.
 */
static void run_fully_connected(const Layer* layer, Guarded output) {
  const Parameters* p = layer->parameters;
  const int32_t inputs = layer->input.h * layer->input.w * layer->input.c;
  const cmsis_nn_dims filter = {inputs, 1, 1, layer->output.c};
  const cmsis_nn_per_tensor_quant_params scale = {layer->multipliers[0], layer->shifts[0]};
  cmsis_nn_fc_params params;
  cmsis_nn_context context;
  Guarded scratch;
  params.input_offset = p->input_offset;
  params.filter_offset = 0;
  params.output_offset = p->output_offset;
  params.activation = activation_of(p);
  scratch = guarded_alloc((size_t)arm_fully_connected_s8_get_buffer_size(&filter));
  context = context_of(scratch);
  if (scratch.bytes > 0) {
    (void)arm_vector_sum_s8((int32_t*)context.buf, inputs, layer->output.c, layer->weights,
                            params.input_offset, params.filter_offset, layer->bias_data);
  }
  RUN_AND_ANSWER(arm_fully_connected_s8(&context, &params, &scale, &layer->input, layer->input_data, &filter,
                                        layer->weights, &layer->bias, layer->bias_data, &layer->output,
                                        guarded_values(output)),
                 scratch);
}

int main(void) {
  Request request;
  int32_t extents[8];
  while (read_request(&request, extents, 8)) {
    const Layer layer = to_layer(&request, extents);
    const cmsis_nn_dims* out = &layer.output;
    const Guarded output = guarded_alloc((size_t)(out->n * out->h * out->w * out->c));
    switch (layer.parameters->kind) {
      case kConv:
        run_conv(&layer, output);
        break;
      case kDepthwise:
        run_depthwise(&layer, output);
        break;
      case kFullyConnected:
        run_fully_connected(&layer, output);
        break;
      default:
        die("no such kind of layer");
    }
    free_request(&request);
  }
  return 0;
}
