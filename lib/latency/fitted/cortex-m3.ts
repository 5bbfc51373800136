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
        operators: 229,
        error: 0.015,
        prices: {
          weights: 5.017,
          blocks: 56.16,
          remainder: 0.2942,
          index: 2.116,
          bundles: 81.36,
          outputs: 45.39,
          layer: 486.7,
        },
      },
      pointwise: {
        operators: 328,
        error: 0.034,
        prices: { weights: 10.55, runs: 60.63, outputs: 202.5, index: 38.8, input: 0.5261, layer: 761.3 },
      },
      window: {
        operators: 416,
        error: 0.057,
        prices: { weights: 10.69, runs: 70.36, outputs: 192.2, index: 42.87, input: 2.315, rows: 22.22 },
      },
    },
    reference: {
      ADD: { operators: 40, error: 0.01, prices: { outputs: 84.54, layer: 2969 } },
      AVERAGE_POOL_2D: {
        operators: 41,
        error: 0.012,
        prices: { taps: 8.045, rows: 19.22, outputs: 37.06, layer: 543.8 },
      },
      LOGISTIC: { operators: 15, error: 0.006, prices: { outputs: 426.6 } },
      MAX_POOL_2D: {
        operators: 24,
        error: 0.016,
        prices: { taps: 8.693, rows: 18.68, outputs: 24.2, layer: 838.9 },
      },
      PAD: { operators: 40, error: 0.124, prices: { outputs: 9.467, copied: 13.84, layer: 1035 } },
      RELU: { operators: 13, error: 0, prices: { outputs: 10, layer: 325 } },
      RELU6: { operators: 12, error: 0.01, prices: { outputs: 12.93, layer: 591.2 } },
      RESHAPE: { operators: 40, error: 0, prices: { outputs: 8, layer: 244 } },
      SOFTMAX: { operators: 40, error: 0.005, prices: { outputs: 573.6, layer: 1451 } },
      conv: {
        operators: 187,
        error: 0.044,
        prices: { macs: 9.957, inside: 17.13, taps: 17.44, outputs: 177.5, layer: 17360 },
      },
      depthwise: {
        operators: 48,
        error: 0.1,
        prices: { macs: 8.724, inside: 32.08, outputs: 214.8, layer: 57880 },
      },
      fullyConnected: { operators: 80, error: 0.027, prices: { macs: 23.07, taps: 1352, layer: 5878 } },
    },
    cmsisNn: {
      depthwise: { operators: 12, error: 0.155, prices: { macs: 15.21, taps: 11.88 } },
      depthwise3x3: { operators: 36, error: 0.102, prices: { macs: 8.648, taps: 16.42 } },
      fullyConnected: {
        operators: 80,
        error: 0.042,
        prices: { macs: 3.418, remainder: 4.05, outputs: 31.28, taps: 323.6 },
      },
      pointwise: {
        operators: 82,
        error: 0.045,
        prices: { macs: 2.651, remainder: 3.485, outputs: 35.92, layer: 681.2 },
      },
      pointwiseStrided: {
        operators: 15,
        error: 0.146,
        prices: { macs: 3.391, remainder: 2.693, outputs: 36.5, taps: 30.19, layer: 3159 },
      },
      window: {
        operators: 90,
        error: 0.04,
        prices: {
          macs: 2.529,
          remainder: 1.141,
          remainders: 1.957,
          outputs: 42.34,
          laidOut: 5.476,
          taps: 34.87,
          positions: 12.91,
          layer: 9838,
        },
      },
    },
  },
};
