/** Instructions of the kernels, counted and fitted by `node bench/fit-costs.mjs`; not to be edited by hand. */

import type { CostTable } from "../cost-table.js";

export const cortexM4: CostTable = {
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
        error: 0.068,
        prices: {
          weights: 1.646,
          blocks: 77.64,
          remainder: 2.148,
          index: 0.5969,
          bundles: 111,
          outputs: 38.67,
          layer: 482.2,
        },
      },
      pointwise: {
        operators: 332,
        error: 0.09,
        prices: {
          weights: 3.909,
          runs: 19.82,
          outputs: 31.89,
          listed: 4.078,
          index: 37.97,
          filters: 141.1,
          input: 2.328,
          rows: 150.3,
          layer: 840.8,
        },
      },
      tiles: {
        operators: 119,
        error: 0.105,
        prices: {
          blocks: 25.49,
          remainder: 7.264,
          index: 1.25,
          bundles: 41.16,
          outputs: 56.69,
          layer: 459.5,
        },
      },
      window: {
        operators: 396,
        error: 0.071,
        prices: {
          weights: 3.67,
          runs: 8.975,
          outputs: 54.42,
          listed: 17.49,
          index: 54.18,
          filters: 104.1,
          narrow: 69.15,
          input: 3.099,
          rows: 862.6,
        },
      },
    },
    reference: {
      ADD: { operators: 40, error: 0.01, prices: { outputs: 84.63, layer: 2969 } },
      AVERAGE_POOL_2D: {
        operators: 39,
        error: 0.015,
        prices: { taps: 7.027, rows: 19.03, outputs: 35.31, layer: 578.4 },
      },
      LOGISTIC: { operators: 11, error: 0.007, prices: { outputs: 424.7, layer: 1456 } },
      MAX_POOL_2D: {
        operators: 27,
        error: 0.024,
        prices: { taps: 9.087, rows: 16.73, outputs: 26.08, layer: 811.3 },
      },
      PAD: { operators: 40, error: 0.248, prices: { outputs: 17.02, layer: 495 } },
      RELU: { operators: 16, error: 0, prices: { outputs: 10, layer: 318 } },
      RELU6: { operators: 13, error: 0, prices: { outputs: 13, layer: 352 } },
      RESHAPE: { operators: 40, error: 0, prices: { outputs: 8, layer: 239 } },
      SOFTMAX: { operators: 40, error: 0.005, prices: { outputs: 571.9, layer: 1407 } },
      conv: {
        operators: 183,
        error: 0.04,
        prices: { macs: 10.49, inside: 18.37, taps: 18.49, outputs: 174.2, layer: 29730 },
      },
      depthwise: {
        operators: 48,
        error: 0.119,
        prices: { macs: 13.76, inside: 22.85, outputs: 244.3, layer: 24700 },
      },
      fullyConnected: { operators: 80, error: 0.031, prices: { macs: 23.34, taps: 1353, layer: 5091 } },
    },
    cmsisNn: {
      depthwise: { operators: 13, error: 0.06, prices: { macs: 8.391, taps: 52.97 } },
      depthwise3x3: { operators: 35, error: 0.096, prices: { macs: 7.924, taps: 16.19 } },
      fullyConnected: {
        operators: 80,
        error: 0.021,
        prices: { macs: 1.879, remainder: 0.7438, remainders: 9.88, outputs: 49.72, taps: 151.1 },
      },
      pointwise: {
        operators: 83,
        error: 0.079,
        prices: { macs: 1.557, remainder: 4.099, remainders: 1.398, outputs: 39.76, layer: 2065 },
      },
      pointwiseStrided: {
        operators: 5,
        error: 0.006,
        prices: { macs: 2.538, remainders: 7.873, outputs: 33.35, layer: 9103 },
      },
      window: {
        operators: 95,
        error: 0.025,
        prices: {
          macs: 1.64,
          remainder: 2.043,
          remainders: 2.713,
          outputs: 46.35,
          laidOut: 2.851,
          taps: 38.76,
          positions: 46.83,
          layer: 6540,
        },
      },
    },
  },
};
