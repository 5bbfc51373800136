#include "dtmm_patch.h"

int32_t dtmm_patch_conv_get_buffer_size(const DtmmFilterletOptions* options) {
  const int32_t values = options->kernel_height * options->kernel_width * options->input_channels;
  return values * DTMM_PATCH_GROUP * (int32_t)sizeof(DtmmPatchValue) + options->input_channels;
}
