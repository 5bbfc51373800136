/** Instructions of the kernels, counted and fitted by `node bench/fit-costs.mjs`; not to be edited by hand. */

import type { CostTable } from "../cost-table.js";

export const cortexM33: CostTable = {
  provenance: {
    compiler: "arm-none-eabi-gcc (15:12.2.rel1-1) 12.2.1 20221205",
    flags: ["-O3", "-DNDEBUG"],
    emulator: "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)",
    tflm: "crate tfmicro 0.1.0",
    cmsisNn: "99f736a63036613032f9b70de36b493bcd7802d4",
    kernels: "1e5bb052cd8971ef",
    networks: 40,
  },
  kernels: {
    packed: {
      fullyConnected: {
        operators: 109,
        error: 0.069,
        prices: {
          weights: 1.589,
          blocks: 75.96,
          remainder: 2.159,
          index: 0.5515,
          bundles: 108.2,
          outputs: 36.88,
          layer: 488.4,
        },
      },
      pointwise: {
        operators: 332,
        error: 0.09,
        prices: {
          weights: 3.909,
          runs: 19.77,
          outputs: 31.92,
          listed: 4.247,
          index: 34.96,
          filters: 141.9,
          input: 2.328,
          rows: 150.8,
          layer: 841.1,
        },
      },
      tiles: {
        operators: 119,
        error: 0.102,
        prices: { blocks: 25.48, remainder: 7.011, index: 1.223, bundles: 36, outputs: 55.9, layer: 468 },
      },
      window: {
        operators: 396,
        error: 0.071,
        prices: {
          weights: 3.67,
          runs: 8.981,
          outputs: 54.49,
          listed: 17.52,
          index: 53.85,
          filters: 104.1,
          narrow: 71.26,
          input: 3.093,
          rows: 864.8,
        },
      },
    },
    reference: {
      ADD: { operators: 40, error: 0.01, prices: { outputs: 84.63, layer: 2959 } },
      AVERAGE_POOL_2D: {
        operators: 39,
        error: 0.02,
        prices: { taps: 7.02, rows: 19.13, outputs: 32.12, layer: 585.2 },
      },
      LOGISTIC: { operators: 11, error: 0.007, prices: { outputs: 425.7, layer: 1462 } },
      MAX_POOL_2D: {
        operators: 27,
        error: 0.024,
        prices: { taps: 9.077, rows: 16.77, outputs: 26.06, layer: 818.2 },
      },
      PAD: { operators: 40, error: 0.247, prices: { outputs: 17.03, layer: 509.5 } },
      RELU: { operators: 16, error: 0, prices: { outputs: 10, layer: 324 } },
      RELU6: { operators: 13, error: 0, prices: { outputs: 13, layer: 337 } },
      RESHAPE: { operators: 40, error: 0, prices: { outputs: 8, layer: 243 } },
      SOFTMAX: { operators: 40, error: 0.005, prices: { outputs: 573.9, layer: 1411 } },
      conv: {
        operators: 183,
        error: 0.039,
        prices: { macs: 10.51, inside: 16.64, taps: 18.63, outputs: 170.8, layer: 29410 },
      },
      depthwise: {
        operators: 48,
        error: 0.118,
        prices: { macs: 13.71, inside: 22.99, outputs: 248.9, layer: 24670 },
      },
      fullyConnected: { operators: 80, error: 0.031, prices: { macs: 23.34, taps: 1342, layer: 5099 } },
    },
    cmsisNn: {
      depthwise: { operators: 13, error: 0.058, prices: { macs: 8.393, taps: 50.49 } },
      depthwise3x3: { operators: 35, error: 0.091, prices: { macs: 7.854, taps: 16.34 } },
      fullyConnected: {
        operators: 80,
        error: 0.021,
        prices: { macs: 1.879, remainder: 0.7788, remainders: 11.49, outputs: 49.77, taps: 151.3 },
      },
      pointwise: {
        operators: 83,
        error: 0.079,
        prices: { macs: 1.554, remainder: 4.07, remainders: 1.492, outputs: 39.42, layer: 2064 },
      },
      pointwiseStrided: {
        operators: 5,
        error: 0.008,
        prices: { macs: 2.517, remainders: 7.85, outputs: 33.24, layer: 9029 },
      },
      window: {
        operators: 95,
        error: 0.024,
        prices: {
          macs: 1.64,
          remainder: 2.038,
          remainders: 2.717,
          outputs: 46.34,
          laidOut: 2.931,
          taps: 37.41,
          positions: 48.95,
          layer: 6428,
        },
      },
    },
  },
};
