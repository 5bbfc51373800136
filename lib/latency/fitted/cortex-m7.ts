/** Instructions of the kernels, counted and fitted by `node bench/fit-costs.mjs`; not to be edited by hand. */

import type { CostTable } from "../cost-table.js";

export const cortexM7: CostTable = {
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
        error: 0.195,
        prices: {
          blocks: 116.2,
          remainder: 5.997,
          index: 0.8268,
          bundles: 118,
          outputs: 44.39,
          layer: 431.9,
        },
      },
      pointwise: {
        operators: 328,
        error: 0.1,
        prices: {
          weights: 3.871,
          runs: 18.11,
          outputs: 14.23,
          listedFilterlets: 19.5,
          listedBlocks: 1.041,
          index: 64.36,
          filters: 117.5,
          input: 2.216,
          rows: 405.6,
          layer: 734.8,
        },
      },
      tiles: {
        operators: 116,
        error: 0.11,
        prices: {
          blocks: 25.44,
          remainder: 13.16,
          index: 1.39,
          bundles: 93.05,
          outputs: 45.67,
          layer: 458.6,
        },
      },
      window: {
        operators: 416,
        error: 0.094,
        prices: {
          weights: 3.668,
          runs: 4.761,
          outputs: 33.09,
          listedFilterlets: 7.238,
          listedBlocks: 38.94,
          index: 2.867,
          filters: 120.3,
          narrow: 98.2,
          input: 2.823,
          rows: 723.2,
        },
      },
    },
    reference: {
      ADD: { operators: 40, error: 0.003, prices: { outputs: 110.7, layer: 1171 } },
      AVERAGE_POOL_2D: {
        operators: 41,
        error: 0.015,
        prices: { taps: 7.064, rows: 19.08, outputs: 34.67, layer: 538.2 },
      },
      LOGISTIC: { operators: 15, error: 0.004, prices: { outputs: 435.7 } },
      MAX_POOL_2D: {
        operators: 24,
        error: 0.016,
        prices: { taps: 8.599, rows: 19.08, outputs: 23.94, layer: 834.2 },
      },
      PAD: { operators: 40, error: 0.137, prices: { outputs: 1.487, copied: 15.22, layer: 1164 } },
      RELU: { operators: 13, error: 0, prices: { outputs: 10, layer: 325 } },
      RELU6: { operators: 12, error: 0, prices: { outputs: 13, layer: 338 } },
      RESHAPE: { operators: 40, error: 0, prices: { outputs: 8, layer: 246 } },
      SOFTMAX: { operators: 40, error: 0.004, prices: { outputs: 589.6, layer: 790.6 } },
      conv: {
        operators: 187,
        error: 0.067,
        prices: { macs: 4.421, inside: 6.762, taps: 34.27, outputs: 191.5, layer: 11320 },
      },
      depthwise: {
        operators: 48,
        error: 0.096,
        prices: { macs: 5.198, inside: 32.8, outputs: 209.2, layer: 32240 },
      },
      fullyConnected: { operators: 80, error: 0.036, prices: { macs: 21.12, taps: 334.4, layer: 5773 } },
    },
    cmsisNn: {
      depthwise: { operators: 12, error: 0.048, prices: { macs: 8.088, taps: 57.07 } },
      depthwise3x3: { operators: 36, error: 0.084, prices: { macs: 7.828, taps: 16.75 } },
      fullyConnected: {
        operators: 80,
        error: 0.014,
        prices: { macs: 1.88, remainder: 1.861, remainders: 7.345, outputs: 49.5, taps: 153.8 },
      },
      pointwise: {
        operators: 82,
        error: 0.062,
        prices: { macs: 1.535, remainder: 4.938, remainders: 1.252, outputs: 40.83, layer: 815.1 },
      },
      pointwiseStrided: {
        operators: 15,
        error: 0.191,
        prices: { macs: 2.281, remainder: 3.883, outputs: 42.52, taps: 34.89, layer: 3282 },
      },
      window: {
        operators: 90,
        error: 0.027,
        prices: {
          macs: 1.636,
          remainder: 1.935,
          remainders: 2.306,
          outputs: 46.87,
          laidOut: 2.8,
          taps: 39.53,
          positions: 57.77,
          layer: 6193,
        },
      },
    },
  },
};
