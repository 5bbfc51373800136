/** Instructions of the kernels, counted and fitted by `node bench/fit-costs.mjs`; not to be edited by hand. */

import type { CostTable } from "../cost-table.js";

export const cortexM7: CostTable = {
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
        error: 0.065,
        prices: {
          weights: 1.789,
          blocks: 74.45,
          remainder: 2.038,
          index: 0.5443,
          bundles: 103.5,
          outputs: 39.36,
          layer: 489.2,
        },
      },
      pointwise: {
        operators: 332,
        error: 0.09,
        prices: {
          weights: 3.906,
          runs: 19.65,
          outputs: 32.12,
          listed: 5.052,
          index: 27.49,
          filters: 143.9,
          input: 2.649,
          rows: 147,
          layer: 856.3,
        },
      },
      tiles: {
        operators: 119,
        error: 0.103,
        prices: { blocks: 25.48, remainder: 6.995, index: 1.252, bundles: 31.49, outputs: 57.75, layer: 470 },
      },
      window: {
        operators: 396,
        error: 0.074,
        prices: {
          weights: 3.665,
          runs: 8.955,
          outputs: 55,
          listed: 17.85,
          index: 52.95,
          filters: 102.6,
          narrow: 88.46,
          input: 3.388,
          rows: 905.5,
        },
      },
    },
    reference: {
      ADD: { operators: 40, error: 0.003, prices: { outputs: 110.8, layer: 1197 } },
      AVERAGE_POOL_2D: {
        operators: 39,
        error: 0.023,
        prices: { taps: 7.004, rows: 19.61, outputs: 33.33, layer: 559.3 },
      },
      LOGISTIC: { operators: 11, error: 0.004, prices: { outputs: 434.9, layer: 1030 } },
      MAX_POOL_2D: {
        operators: 27,
        error: 0.024,
        prices: { taps: 9.087, rows: 16.73, outputs: 26.08, layer: 816.2 },
      },
      PAD: { operators: 40, error: 0.39, prices: { outputs: 9.501, layer: 455 } },
      RELU: { operators: 16, error: 0, prices: { outputs: 10, layer: 325 } },
      RELU6: { operators: 13, error: 0, prices: { outputs: 13, layer: 338 } },
      RESHAPE: { operators: 40, error: 0, prices: { outputs: 8, layer: 246 } },
      SOFTMAX: { operators: 40, error: 0.006, prices: { outputs: 590.1, layer: 788.4 } },
      conv: {
        operators: 183,
        error: 0.065,
        prices: { macs: 4.541, inside: 6.558, taps: 34.6, outputs: 189.1, layer: 14710 },
      },
      depthwise: {
        operators: 48,
        error: 0.111,
        prices: { macs: 9.328, inside: 26.39, outputs: 234.4, layer: 11330 },
      },
      fullyConnected: { operators: 80, error: 0.044, prices: { macs: 21.41, taps: 344.9, layer: 5140 } },
    },
    cmsisNn: {
      depthwise: { operators: 13, error: 0.063, prices: { macs: 8.105, taps: 53.71 } },
      depthwise3x3: { operators: 35, error: 0.089, prices: { macs: 7.852, taps: 16.51 } },
      fullyConnected: {
        operators: 80,
        error: 0.021,
        prices: { macs: 1.879, remainder: 0.7598, remainders: 9.854, outputs: 49.92, taps: 153.1 },
      },
      pointwise: {
        operators: 83,
        error: 0.078,
        prices: { macs: 1.517, remainder: 4.095, remainders: 1.725, outputs: 40.16, layer: 2068 },
      },
      pointwiseStrided: {
        operators: 5,
        error: 0.01,
        prices: { macs: 2.506, remainders: 8.129, outputs: 33.01, layer: 9762 },
      },
      window: {
        operators: 95,
        error: 0.025,
        prices: {
          macs: 1.64,
          remainder: 2.043,
          remainders: 2.726,
          outputs: 46.33,
          laidOut: 2.847,
          taps: 41.08,
          positions: 43.93,
          layer: 6656,
        },
      },
    },
  },
};
