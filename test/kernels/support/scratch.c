/* Prints the scratch bytes that the portable, the DSP and the MVE kernel ask for: a line for every layer on
 * stdin, which is its input height, width and channels, output height, width and channels, kernel, strides,
 * dilations and channels of a block. */
#include <stdio.h>

#include "dtmm_filterlet_conv.h"

int main(void) {
  int v[13];
  while (scanf("%d %d %d %d %d %d %d %d %d %d %d %d %d", v, v + 1, v + 2, v + 3, v + 4, v + 5, v + 6, v + 7,
               v + 8, v + 9, v + 10, v + 11, v + 12) == 13) {
    const DtmmConvShape shape = {{1, v[0], v[1], v[2]}, {1, v[3], v[4], v[5]}};
    DtmmFilterletOptions options = {0};
    options.input_channels = v[2];
    options.output_channels = v[5];
    options.kernel_height = v[6];
    options.kernel_width = v[7];
    options.stride_height = v[8];
    options.stride_width = v[9];
    options.dilation_height = v[10];
    options.dilation_width = v[11];
    options.block_channels = v[12];
    printf("%d %d %d\n", (int)dtmm_filterlet_conv_s8_get_buffer_size(&options, &shape),
           (int)dtmm_filterlet_conv_dsp_s8_get_buffer_size(&options, &shape),
           (int)dtmm_filterlet_conv_mve_s8_get_buffer_size(&options, &shape));
  }
  return 0;
}
