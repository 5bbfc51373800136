#include "dtmm_csr_conv_2d.h"

#include "dtmm_csr_operator.h"

namespace dtmm {
namespace {

struct CsrConv : CsrOperator<DTMM_CSR_CONV_VERSION> {
  static DtmmStatus ToShape(const packed_operator::Tensors& tensors, Shape* shape) {
    return packed_operator::ToConvShape(tensors, shape);
  }
  static const char* Message(DtmmStatus status) { return dtmm_csr_conv_message(status); }
};

}  // namespace

bridge::Registration* RegisterCsrConv2D() { return packed_operator::Register<CsrConv>(); }

}  // namespace dtmm
