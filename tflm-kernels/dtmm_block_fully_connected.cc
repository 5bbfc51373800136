#include "dtmm_block_fully_connected.h"

#include "dtmm_block_fc.h"
#include "dtmm_block_fc_check.h"
#include "dtmm_shapes.h"

namespace dtmm {
namespace {

struct BlockFullyConnected {
  using Options = DtmmBlockFcOptions;
  using Shape = DtmmFcShape;

  static DtmmStatus ToShape(const packed_operator::Tensors& tensors, Shape* shape) {
    const TfLiteIntArray* input = tensors.input.dims;
    const TfLiteIntArray* output = tensors.output.dims;
    if (input->size < 1 || output->size < 1) return DTMM_STATUS_RANK;
    shape->outputs = output->data[output->size - 1];
    const DtmmStatus status = packed_operator::Elements(input, input->size, &shape->input_values);
    return status == DTMM_STATUS_OK ? packed_operator::Elements(output, output->size - 1, &shape->rows)
                                    : status;
  }
  static DtmmStatus Check(const uint8_t* bytes, size_t count, const Shape& shape,
                          const DtmmPackedTensors& packed, Options* options) {
    return dtmm_block_fc_check(bytes, count, &shape, &packed, options);
  }
  static void Decode(const uint8_t* bytes, Options* options) { dtmm_decode_block_fc_options(bytes, options); }
  static int32_t ScratchBytes(const Options& options, const Shape& shape) {
    return dtmm_block_fc_wrapper_s8_get_buffer_size(&options, &shape);
  }
  static void Run(const Options& options, const Shape& shape, const DtmmPackedTensors& packed,
                  const int8_t* input, int8_t* output, int8_t* scratch) {
    dtmm_block_fc_wrapper_s8(&options, &shape, &packed, input, output, scratch);
  }
  static const char* Message(DtmmStatus status) { return dtmm_block_fc_message(status); }
};

}  // namespace

bridge::Registration* RegisterBlockFullyConnected() {
  return packed_operator::Register<BlockFullyConnected>();
}

}  // namespace dtmm
