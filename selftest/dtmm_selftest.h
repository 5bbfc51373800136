// The self-test of a pruned model: golden inputs through the firmware's own TFLM, op resolver and arena,
// every layer's output held against what the host computed. For the first flash: PASS, or the layer that
// differs.
#ifndef DTMM_SELFTEST_H_
#define DTMM_SELFTEST_H_

#include <stdint.h>

#ifdef __cplusplus
#include <cstddef>

#include "dtmm_tflm_bridge.h"

namespace dtmm {

// Names what the self-test runs with. `model` is the array that the firmware runs. The arena is overwritten
// by the test: run it before the firmware makes its own interpreter. All must outlive the test.
void SelftestSetup(const void* model, const bridge::tree::MicroOpResolver& resolver, uint8_t* arena,
                   size_t arena_bytes);

}  // namespace dtmm

extern "C" {
#endif

// What dtmm_selftest returns when it could not run.
enum {
  DTMM_SELFTEST_NOT_SET_UP = -1,
  DTMM_SELFTEST_NOT_ALLOCATED =
      -2,  // AllocateTensors failed: the arena is too small, or an operator is missing
  DTMM_SELFTEST_NOT_INVOKED = -3,  // an operator reported an error
  DTMM_SELFTEST_OTHER_MODEL = -4   // input, output or operators are not those of the pruned model
};

// Runs all golden inputs. Returns 0 if every layer gave the host's bytes; else the number of bytes of the
// model's outputs that differ plus the number of layers whose outputs do, or one of the negative codes above.
// `tick`, which may be NULL, reads a free-running counter: cycles or microseconds.
int dtmm_selftest(uint32_t (*tick)(void));

// The last run in words: "PASS", or "FAIL: layer 3 DTMM_FILTERLET_CONV_2D differs".
const char* dtmm_selftest_verdict(void);

// The first layer whose output differed in the last run; -1 if none did.
int dtmm_selftest_first_layer(void);

// Operators of the model, their names, and the ticks that each took in the last run, over all golden inputs.
int dtmm_selftest_layers(void);
const char* dtmm_selftest_name(int layer);
uint32_t dtmm_selftest_ticks(int layer);

#ifdef __cplusplus
}
#endif

#endif  // DTMM_SELFTEST_H_
