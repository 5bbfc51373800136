// Shapes of activations as the kernels take them.
#ifndef DTMM_SHAPES_H_
#define DTMM_SHAPES_H_

#include "dtmm_filterlet_conv.h"
#include "dtmm_packed_operator.h"

namespace dtmm {
namespace packed_operator {

// The shapes of a convolution.
inline DtmmStatus ToConvShape(const Tensors& tensors, DtmmConvShape* shape) {
  const TfLiteIntArray* in = tensors.input.dims;
  const TfLiteIntArray* out = tensors.output.dims;
  if (in->size != 4 || out->size != 4) return DTMM_STATUS_RANK;
  shape->input = DtmmNhwc{in->data[0], in->data[1], in->data[2], in->data[3]};
  shape->output = DtmmNhwc{out->data[0], out->data[1], out->data[2], out->data[3]};
  return DTMM_STATUS_OK;
}

// Product of the first `count` dimensions; 1 for none of them.
inline DtmmStatus Elements(const TfLiteIntArray* dims, int count, int32_t* elements) {
  int64_t product = 1;
  for (int i = 0; i < count; ++i) {
    if (dims->data[i] < 1) return DTMM_STATUS_SHAPE;
    product *= dims->data[i];
    if (product > INT32_MAX) return DTMM_STATUS_TOO_LARGE;
  }
  *elements = static_cast<int32_t>(product);
  return DTMM_STATUS_OK;
}

}  // namespace packed_operator
}  // namespace dtmm

#endif  // DTMM_SHAPES_H_
