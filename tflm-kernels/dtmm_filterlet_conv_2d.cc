#include "dtmm_filterlet_conv_2d.h"

#include "dtmm_filterlet_check.h"
#include "dtmm_filterlet_conv.h"
#include "dtmm_shapes.h"

namespace dtmm {
namespace {

struct FilterletConv {
  using Options = DtmmFilterletOptions;
  using Shape = DtmmConvShape;

  static DtmmStatus ToShape(const packed_operator::Tensors& tensors, Shape* shape) {
    return packed_operator::ToConvShape(tensors, shape);
  }
  static DtmmStatus Check(const uint8_t* bytes, size_t count, const Shape& shape,
                          const DtmmPackedTensors& packed, Options* options) {
    return dtmm_filterlet_check(bytes, count, &shape, &packed, options);
  }
  static void Decode(const uint8_t* bytes, Options* options) {
    dtmm_decode_filterlet_options(bytes, options);
  }
  static int32_t ScratchBytes(const Options& options, const Shape& shape) {
    return dtmm_filterlet_conv_wrapper_s8_get_buffer_size(&options, &shape);
  }
  static void Run(const Options& options, const Shape& shape, const DtmmPackedTensors& packed,
                  const int8_t* input, int8_t* output, int8_t* scratch) {
    dtmm_filterlet_conv_wrapper_s8(&options, &shape, &packed, input, output, scratch);
  }
  static const char* Message(DtmmStatus status) { return dtmm_filterlet_message(status); }
};

}  // namespace

bridge::Registration* RegisterFilterletConv2D() { return packed_operator::Register<FilterletConv>(); }

}  // namespace dtmm
