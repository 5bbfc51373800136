// The TFLM operator DTMM_CSR_CONV_2D. In the firmware, next to the other operators of the resolver:
//
//   resolver.AddCustom(dtmm::kCsrConv2DName, dtmm::RegisterCsrConv2D());
#ifndef DTMM_CSR_CONV_2D_H_
#define DTMM_CSR_CONV_2D_H_

#include "dtmm_packed_format.h"
#include "dtmm_tflm_bridge.h"

namespace dtmm {

constexpr const char* kCsrConv2DName = DTMM_CSR_CONV_2D_NAME;

// The registration, in the struct that this TFLM tree uses. It lives forever and is the same on every call.
bridge::Registration* RegisterCsrConv2D();

}  // namespace dtmm

#endif  // DTMM_CSR_CONV_2D_H_
