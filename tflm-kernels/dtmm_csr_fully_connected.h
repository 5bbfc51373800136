// The TFLM operator DTMM_CSR_FULLY_CONNECTED. In the firmware, next to the other operators of the resolver:
//
//   resolver.AddCustom(dtmm::kCsrFullyConnectedName, dtmm::RegisterCsrFullyConnected());
#ifndef DTMM_CSR_FULLY_CONNECTED_H_
#define DTMM_CSR_FULLY_CONNECTED_H_

#include "dtmm_packed_format.h"
#include "dtmm_tflm_bridge.h"

namespace dtmm {

constexpr const char* kCsrFullyConnectedName = DTMM_CSR_FULLY_CONNECTED_NAME;

// The registration, in the struct that this TFLM tree uses. It lives forever and is the same on every call.
bridge::Registration* RegisterCsrFullyConnected();

}  // namespace dtmm

#endif  // DTMM_CSR_FULLY_CONNECTED_H_
