/** Instructions of the kernels, counted and fitted by `node bench/fit-costs.mjs`; not to be edited by hand. */

import type { CostTable } from "../cost-table.js";

export const cortexM3: CostTable = {
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
        operators: 228,
        error: 0.015,
        prices: {
          weights: 5.042,
          blocks: 54.97,
          remainder: 0.2376,
          index: 2.232,
          bundles: 44.02,
          outputs: 54.84,
          layer: 496.3,
        },
      },
      pointwise: {
        operators: 332,
        error: 0.034,
        prices: { weights: 10.51, runs: 65.01, outputs: 202.8, index: 35.41, input: 0.556, layer: 472.5 },
      },
      window: {
        operators: 396,
        error: 0.046,
        prices: { weights: 10.78, runs: 65.94, outputs: 202.6, index: 45.63, input: 1.914, rows: 259.6 },
      },
    },
    reference: {
      ADD: { operators: 40, error: 0.01, prices: { outputs: 84.63, layer: 3046 } },
      AVERAGE_POOL_2D: {
        operators: 39,
        error: 0.018,
        prices: { taps: 8.021, rows: 19.14, outputs: 37.01, layer: 583.8 },
      },
      LOGISTIC: { operators: 11, error: 0.007, prices: { outputs: 425.7, layer: 1461 } },
      MAX_POOL_2D: {
        operators: 27,
        error: 0.022,
        prices: { taps: 9.147, rows: 16.46, outputs: 26.24, layer: 821.2 },
      },
      PAD: { operators: 40, error: 0.247, prices: { outputs: 17.03, layer: 507.6 } },
      RELU: { operators: 16, error: 0, prices: { outputs: 10, layer: 325 } },
      RELU6: { operators: 13, error: 0.008, prices: { outputs: 13.02, layer: 557.9 } },
      RESHAPE: { operators: 40, error: 0, prices: { outputs: 8, layer: 244 } },
      SOFTMAX: { operators: 40, error: 0.005, prices: { outputs: 573.9, layer: 1452 } },
      conv: {
        operators: 183,
        error: 0.042,
        prices: { macs: 10.33, inside: 16.57, taps: 18.53, outputs: 167.2, layer: 29620 },
      },
      depthwise: {
        operators: 48,
        error: 0.122,
        prices: { macs: 13.59, inside: 24.62, outputs: 246.1, layer: 24930 },
      },
      fullyConnected: { operators: 80, error: 0.031, prices: { macs: 23.34, taps: 1374, layer: 5103 } },
    },
    cmsisNn: {
      depthwise: { operators: 13, error: 0.157, prices: { macs: 15.16, taps: 14.01 } },
      depthwise3x3: { operators: 35, error: 0.094, prices: { macs: 8.69, taps: 14.32 } },
      fullyConnected: {
        operators: 80,
        error: 0.057,
        prices: { macs: 3.459, remainder: 3.672, outputs: 33.12, taps: 267.8 },
      },
      pointwise: {
        operators: 83,
        error: 0.066,
        prices: { macs: 2.644, remainder: 2.654, remainders: 0.5407, outputs: 35.02, layer: 1866 },
      },
      pointwiseStrided: {
        operators: 5,
        error: 0,
        prices: { macs: 3.483, remainder: 0.5024, remainders: 1.626, outputs: 32.51, layer: 5995 },
      },
      window: {
        operators: 95,
        error: 0.039,
        prices: {
          macs: 2.542,
          remainder: 1.18,
          remainders: 2.6,
          outputs: 41.6,
          laidOut: 5.414,
          taps: 35.86,
          layer: 10870,
        },
      },
    },
  },
};
