/* Runs the self-test on a board and says what it found, in lines on stdout. The arena's bytes come from
 * stdin; 0 leaves the test without a set-up. */
#include <stdint.h>
#include <stdio.h>

#include "dtmm_block_fully_connected.h"
#include "dtmm_filterlet_conv_2d.h"
#include "dtmm_selftest.h"
#include "instruction_counter.h"
#include "model_data.h"
#include "tensorflow/lite/micro/kernels/all_ops_resolver.h"

extern "C" void DebugLog(const char* text) { fputs(text, stderr); }

namespace {
alignas(16) uint8_t arena[256 * 1024];
}

int main() {
  int32_t arena_bytes = 0;
  if (fread(&arena_bytes, sizeof(arena_bytes), 1, stdin) != 1) return 1;
  static tflite::ops::micro::AllOpsResolver resolver;
  resolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
  resolver.AddCustom(dtmm::kBlockFullyConnectedName, dtmm::RegisterBlockFullyConnected());
  if (arena_bytes > 0) dtmm::SelftestSetup(g_model, resolver, arena, static_cast<size_t>(arena_bytes));
  const int result = dtmm_selftest(&board_ticks);
  printf("%d\n%d\n%s\n", result, dtmm_selftest_first_layer(), dtmm_selftest_verdict());
  for (int layer = 0; layer < dtmm_selftest_layers(); ++layer) {
    printf("%s %lu\n", dtmm_selftest_name(layer), static_cast<unsigned long>(dtmm_selftest_ticks(layer)));
  }
  return 0;
}
