#include "dtmm_csr_fully_connected.h"

#include "dtmm_csr_operator.h"

namespace dtmm {
namespace {

struct CsrFullyConnected : CsrOperator<DTMM_CSR_FC_VERSION> {
  // Rows are images of one position.
  static DtmmStatus ToShape(const packed_operator::Tensors& tensors, Shape* shape) {
    const TfLiteIntArray* input = tensors.input.dims;
    const TfLiteIntArray* output = tensors.output.dims;
    if (input->size < 1 || output->size < 1) return DTMM_STATUS_RANK;
    int32_t values = 0;
    int32_t rows = 0;
    DtmmStatus status = packed_operator::Elements(input, input->size, &values);
    if (status == DTMM_STATUS_OK) status = packed_operator::Elements(output, output->size - 1, &rows);
    if (status != DTMM_STATUS_OK) return status;
    if (values % rows != 0) return DTMM_STATUS_SHAPE;
    shape->input = DtmmNhwc{rows, 1, 1, values / rows};
    shape->output = DtmmNhwc{rows, 1, 1, output->data[output->size - 1]};
    return DTMM_STATUS_OK;
  }
  static const char* Message(DtmmStatus status) { return dtmm_csr_fully_connected_message(status); }
};

}  // namespace

bridge::Registration* RegisterCsrFullyConnected() { return packed_operator::Register<CsrFullyConnected>(); }

}  // namespace dtmm
