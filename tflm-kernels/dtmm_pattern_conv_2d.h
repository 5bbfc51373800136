// The TFLM operator DTMM_PATTERN_CONV_2D. In the firmware, next to the other operators of the resolver:
//
//   resolver.AddCustom(dtmm::kPatternConv2DName, dtmm::RegisterPatternConv2D());
#ifndef DTMM_PATTERN_CONV_2D_H_
#define DTMM_PATTERN_CONV_2D_H_

#include "dtmm_packed_format.h"
#include "dtmm_tflm_bridge.h"

namespace dtmm {

constexpr const char* kPatternConv2DName = DTMM_PATTERN_CONV_2D_NAME;

// The registration, in the struct that this TFLM tree uses. It lives forever and is the same on every call.
bridge::Registration* RegisterPatternConv2D();

}  // namespace dtmm

#endif  // DTMM_PATTERN_CONV_2D_H_
