/** Instructions of the kernels, counted and fitted by `node bench/fit-costs.mjs`; not to be edited by hand. */

import type { CostTable } from "../cost-table.js";

export const cortexM4: CostTable = {
  provenance: {
    compiler: "arm-none-eabi-gcc (15:12.2.rel1-1) 12.2.1 20221205",
    flags: ["-O3", "-DNDEBUG"],
    emulator: "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)",
    tflm: "crate tfmicro 0.1.0",
    cmsisNn: "99f736a63036613032f9b70de36b493bcd7802d4",
    kernels: "4544b3eb25a0a9d0",
    networks: 40,
  },
  kernels: {
    packed: {
      fullyConnected: {
        operators: 113,
        error: 0.182,
        prices: {
          blocks: 115.1,
          remainder: 5.257,
          index: 0.9278,
          bundles: 108.1,
          outputs: 45.22,
          layer: 428.5,
        },
      },
      pointwise: {
        operators: 328,
        error: 0.1,
        prices: {
          weights: 3.868,
          runs: 18.11,
          outputs: 14.19,
          listedFilterlets: 18.32,
          listedBlocks: 0.06847,
          index: 63.1,
          filters: 112.8,
          input: 2.075,
          rows: 413.2,
          layer: 719.8,
        },
      },
      tiles: {
        operators: 116,
        error: 0.101,
        prices: { blocks: 25.4, remainder: 11.88, index: 1.399, bundles: 89.4, outputs: 44.88, layer: 454.6 },
      },
      window: {
        operators: 416,
        error: 0.094,
        prices: {
          weights: 3.666,
          runs: 4.776,
          outputs: 32.74,
          listedFilterlets: 7.127,
          listedBlocks: 38.26,
          index: 2.774,
          filters: 114.6,
          narrow: 95.5,
          input: 2.73,
          rows: 723.5,
        },
      },
    },
    reference: {
      ADD: { operators: 40, error: 0.01, prices: { outputs: 84.54, layer: 2892 } },
      AVERAGE_POOL_2D: {
        operators: 41,
        error: 0.013,
        prices: { taps: 7.034, rows: 19.34, outputs: 34.87, layer: 533.1 },
      },
      LOGISTIC: { operators: 15, error: 0.006, prices: { outputs: 425.6 } },
      MAX_POOL_2D: {
        operators: 24,
        error: 0.016,
        prices: { taps: 8.6, rows: 19.08, outputs: 23.94, layer: 829.2 },
      },
      PAD: { operators: 40, error: 0.124, prices: { outputs: 9.472, copied: 13.83, layer: 1020 } },
      RELU: { operators: 13, error: 0, prices: { outputs: 10, layer: 318 } },
      RELU6: { operators: 12, error: 0, prices: { outputs: 13, layer: 352 } },
      RESHAPE: { operators: 40, error: 0, prices: { outputs: 8, layer: 239 } },
      SOFTMAX: { operators: 40, error: 0.005, prices: { outputs: 571.6, layer: 1406 } },
      conv: {
        operators: 187,
        error: 0.042,
        prices: { macs: 10.11, inside: 18.94, taps: 17.37, outputs: 184.9, layer: 17260 },
      },
      depthwise: {
        operators: 48,
        error: 0.098,
        prices: { macs: 9.26, inside: 29.72, outputs: 215.2, layer: 55820 },
      },
      fullyConnected: { operators: 80, error: 0.027, prices: { macs: 23.08, taps: 1331, layer: 5865 } },
    },
    cmsisNn: {
      depthwise: { operators: 12, error: 0.046, prices: { macs: 8.377, taps: 56.08 } },
      depthwise3x3: { operators: 36, error: 0.086, prices: { macs: 7.894, taps: 16.74 } },
      fullyConnected: {
        operators: 80,
        error: 0.016,
        prices: { macs: 1.879, remainder: 1.866, remainders: 7.334, outputs: 49.31, taps: 151.9 },
      },
      pointwise: {
        operators: 82,
        error: 0.061,
        prices: { macs: 1.574, remainder: 5.011, remainders: 0.7097, outputs: 40.53, layer: 789.6 },
      },
      pointwiseStrided: {
        operators: 15,
        error: 0.19,
        prices: { macs: 2.312, remainder: 4.027, outputs: 42.16, taps: 34.05, layer: 3299 },
      },
      window: {
        operators: 90,
        error: 0.025,
        prices: {
          macs: 1.636,
          remainder: 1.937,
          remainders: 2.293,
          outputs: 46.89,
          laidOut: 2.807,
          taps: 37.08,
          positions: 61.46,
          layer: 6083,
        },
      },
    },
  },
};
