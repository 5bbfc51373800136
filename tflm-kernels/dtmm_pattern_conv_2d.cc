#include "dtmm_pattern_conv_2d.h"

#include "dtmm_pattern.h"
#include "dtmm_shapes.h"

namespace dtmm {
namespace {

struct PatternConv {
  using Options = DtmmFilterletOptions;
  using Shape = DtmmConvShape;

  static DtmmStatus ToShape(const packed_operator::Tensors& tensors, Shape* shape) {
    return packed_operator::ToConvShape(tensors, shape);
  }
  static DtmmStatus Check(const uint8_t* bytes, size_t count, const Shape& shape,
                          const DtmmPackedTensors& packed, Options* options) {
    return dtmm_pattern_check(bytes, count, &shape, &packed, options);
  }
  static void Decode(const uint8_t* bytes, Options* options) {
    dtmm_decode_filterlet_options(bytes, options);
  }
  static int32_t ScratchBytes(const Options& options, const Shape&) {
    return dtmm_pattern_conv_s8_get_buffer_size(&options);
  }
  static void Run(const Options& options, const Shape& shape, const DtmmPackedTensors& packed,
                  const int8_t* input, int8_t* output, int8_t* scratch) {
    dtmm_pattern_conv_s8(&options, &shape, &packed, input, output, scratch);
  }
  static const char* Message(DtmmStatus status) { return dtmm_pattern_message(status); }
};

}  // namespace

bridge::Registration* RegisterPatternConv2D() { return packed_operator::Register<PatternConv>(); }

}  // namespace dtmm
