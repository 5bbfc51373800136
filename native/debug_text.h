// Catches what TFLM writes to its debug log, so that an error can say it in TFLM's own words.
#pragma once

#include <string>

#include "host/debug_sink.h"

namespace dtmm {

// The text logged since the last call, trimmed, on one line; long logs are cut.
std::string TakeDebugText();

}  // namespace dtmm
