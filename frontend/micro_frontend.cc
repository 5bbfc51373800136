// Computes features of recordings with the audio front end of a TFLM tree
// (tensorflow/lite/experimental/microfrontend), as the firmware does. lib/data/audio/frontend-build.ts
// compiles it with the tree's sources, frontend-process.ts talks to it.
//
// Arguments: the settings below, in their order. Standard input: clips, each as a 32-bit number of samples
// and as many 16-bit samples. Standard output: for each clip a 32-bit number of values and as many 16-bit
// values, frame after frame. All in the machine's own byte order. Every clip begins with a front end that has
// heard nothing.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "tensorflow/lite/experimental/microfrontend/lib/frontend.h"
#include "tensorflow/lite/experimental/microfrontend/lib/frontend_util.h"

namespace {

constexpr int kSettings = 16;
// A minute at 192 kHz: more is not asked for.
constexpr uint32_t kMostSamples = 60 * 192000;

FrontendConfig ReadConfig(char** words) {
  FrontendConfig config;
  FrontendFillConfigWithDefaults(&config);
  int next = 0;
  const auto number = [&] { return std::atof(words[next++]); };
  config.window.size_ms = static_cast<size_t>(number());
  config.window.step_size_ms = static_cast<size_t>(number());
  config.filterbank.num_channels = static_cast<int>(number());
  config.filterbank.lower_band_limit = static_cast<float>(number());
  config.filterbank.upper_band_limit = static_cast<float>(number());
  config.noise_reduction.smoothing_bits = static_cast<int>(number());
  config.noise_reduction.even_smoothing = static_cast<float>(number());
  config.noise_reduction.odd_smoothing = static_cast<float>(number());
  config.noise_reduction.min_signal_remaining = static_cast<float>(number());
  config.pcan_gain_control.enable_pcan = static_cast<int>(number());
  config.pcan_gain_control.strength = static_cast<float>(number());
  config.pcan_gain_control.offset = static_cast<float>(number());
  config.pcan_gain_control.gain_bits = static_cast<int>(number());
  config.log_scale.enable_log = static_cast<int>(number());
  config.log_scale.scale_shift = static_cast<int>(number());
  return config;
}

std::vector<uint16_t> Compute(FrontendState* state, const std::vector<int16_t>& samples) {
  std::vector<uint16_t> values;
  FrontendReset(state);
  size_t at = 0;
  while (at < samples.size()) {
    size_t taken = 0;
    const FrontendOutput output =
        FrontendProcessSamples(state, samples.data() + at, samples.size() - at, &taken);
    values.insert(values.end(), output.values, output.values + output.size);
    at += taken;
  }
  return values;
}

bool Write(const std::vector<uint16_t>& values) {
  const uint32_t count = static_cast<uint32_t>(values.size());
  return std::fwrite(&count, sizeof(count), 1, stdout) == 1 &&
         std::fwrite(values.data(), sizeof(uint16_t), count, stdout) == count && std::fflush(stdout) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != kSettings + 1) {
    std::fprintf(stderr, "expected %d settings\n", kSettings);
    return 2;
  }
  const FrontendConfig config = ReadConfig(argv + 2);
  FrontendState state;
  if (!FrontendPopulateState(&config, &state, std::atoi(argv[1]))) return 3;
  uint32_t count = 0;
  while (std::fread(&count, sizeof(count), 1, stdin) == 1) {
    if (count > kMostSamples) {
      std::fprintf(stderr, "a clip of %u samples\n", count);
      return 2;
    }
    std::vector<int16_t> samples(count);
    if (std::fread(samples.data(), sizeof(int16_t), count, stdin) != count) return 2;
    if (!Write(Compute(&state, samples))) return 4;
  }
  FrontendFreeStateContents(&state);
  return 0;
}
