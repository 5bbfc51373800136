// The TFLM operator DTMM_FILTERLET_CONV_2D. In the firmware, next to the other operators of the resolver:
//
//   resolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
#ifndef DTMM_FILTERLET_CONV_2D_H_
#define DTMM_FILTERLET_CONV_2D_H_

#include "dtmm_packed_format.h"
#include "dtmm_tflm_bridge.h"

namespace dtmm {

constexpr const char* kFilterletConv2DName = DTMM_FILTERLET_CONV_2D_NAME;

// The registration, in the struct that this TFLM tree uses. It lives forever and is the same on every call.
bridge::Registration* RegisterFilterletConv2D();

}  // namespace dtmm

#endif  // DTMM_FILTERLET_CONV_2D_H_
