// What the TFLM registrations of single weights share.
#ifndef DTMM_CSR_OPERATOR_H_
#define DTMM_CSR_OPERATOR_H_

#include "dtmm_csr.h"
#include "dtmm_shapes.h"

namespace dtmm {

// An operator as dtmm_packed_operator.h wants it, but for its shapes and messages.
template <int32_t kVersion>
struct CsrOperator {
  using Options = DtmmFilterletOptions;
  using Shape = DtmmConvShape;

  static DtmmStatus Check(const uint8_t* bytes, size_t count, const Shape& shape,
                          const DtmmPackedTensors& packed, Options* options) {
    return dtmm_csr_check(bytes, count, kVersion, &shape, &packed, options);
  }
  static void Decode(const uint8_t* bytes, Options* options) {
    dtmm_decode_filterlet_options(bytes, options);
  }
  static int32_t ScratchBytes(const Options& options, const Shape& shape) {
    return dtmm_csr_conv_s8_get_buffer_size(&options, &shape);
  }
  static void Run(const Options& options, const Shape& shape, const DtmmPackedTensors& packed,
                  const int8_t* input, int8_t* output, int8_t* scratch) {
    dtmm_csr_conv_s8(&options, &shape, &packed, input, output, scratch);
  }
};

}  // namespace dtmm

#endif  // DTMM_CSR_OPERATOR_H_
