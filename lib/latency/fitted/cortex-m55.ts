/** Instructions of the kernels, counted and fitted by `node bench/fit-costs.mjs`; not to be edited by hand. */

import type { CostTable } from "../cost-table.js";

export const cortexM55: CostTable = {
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
        operators: 166,
        error: 0.048,
        prices: { weights: 0.158, blocks: 141.1, index: 16.24, outputs: 59.57, layer: 459.8 },
      },
      pointwise: {
        operators: 76,
        error: 0.069,
        prices: {
          outputs: 23.55,
          filters: 129.9,
          layer: 1078,
          vectors: 19.47,
          cells: 6.989,
          input: 0.2334,
          table: 17.25,
          rows: 396.7,
        },
      },
      pointwiseExpanded: {
        operators: 256,
        error: 0.077,
        prices: {
          outputs: 21.25,
          index: 21.99,
          filters: 111.6,
          layer: 1172,
          vectors: 29.25,
          blocks: 31.03,
          weights: 1.563,
          input: 0.1068,
          rows: 505.2,
        },
      },
      tiles: {
        operators: 62,
        error: 0.1,
        prices: { blocks: 14.08, remainder: 3.701, index: 1.071, bundles: 69.34, layer: 590.4 },
      },
      window: {
        operators: 81,
        error: 0.081,
        prices: {
          outputs: 40.56,
          filters: 36.06,
          layer: 5906,
          vectors: 16.59,
          cells: 7.441,
          input: 0.3678,
          table: 20.59,
        },
      },
      windowExpanded: {
        operators: 315,
        error: 0.123,
        prices: {
          outputs: 39.05,
          index: 27.05,
          filters: 14.76,
          layer: 2789,
          vectors: 24.2,
          blocks: 26.61,
          weights: 3.467,
          input: 0.4764,
          table: 6.967,
          rows: 610.2,
        },
      },
    },
    reference: {
      ADD: { operators: 40, error: 0.011, prices: { outputs: 82.44, layer: 1255 } },
      AVERAGE_POOL_2D: {
        operators: 39,
        error: 0.021,
        prices: { taps: 4.013, rows: 17.32, outputs: 37.64, layer: 588.3 },
      },
      LOGISTIC: { operators: 11, error: 0.008, prices: { outputs: 447, layer: 1422 } },
      MAX_POOL_2D: {
        operators: 27,
        error: 0.022,
        prices: { taps: 4.799, rows: 41.03, outputs: 36.33, layer: 851.6 },
      },
      PAD: { operators: 40, error: 0.264, prices: { outputs: 16.85, layer: 540.8 } },
      RELU: { operators: 16, error: 0, prices: { outputs: 6, layer: 340 } },
      RELU6: { operators: 13, error: 0.078, prices: { outputs: 0.3954, layer: 387 } },
      RESHAPE: { operators: 40, error: 0, prices: { outputs: 8, layer: 253 } },
      SOFTMAX: { operators: 40, error: 0.006, prices: { outputs: 612.5, layer: 825.4 } },
      conv: {
        operators: 183,
        error: 0.031,
        prices: { macs: 9.671, inside: 18.21, taps: 21.57, outputs: 159.5, layer: 13410 },
      },
      depthwise: {
        operators: 48,
        error: 0.086,
        prices: { macs: 7.315, inside: 28.91, outputs: 214, layer: 10860 },
      },
      fullyConnected: { operators: 80, error: 0.047, prices: { macs: 19.81, taps: 348.8, layer: 5063 } },
    },
    cmsisNn: {
      depthwise: { operators: 13, error: 0.067, prices: { macs: 1.452, taps: 19.83 } },
      depthwise3x3: { operators: 35, error: 0.06, prices: { macs: 2.01, taps: 24.96, layer: 340.6 } },
      fullyConnected: {
        operators: 80,
        error: 0.1,
        prices: { macs: 0.4719, remainder: 0.0009907, remainders: 6.75, outputs: 12.66, taps: 222.2 },
      },
      pointwise: {
        operators: 83,
        error: 0.036,
        prices: {
          macs: 0.1821,
          remainder: 0.0492,
          remainders: 2.377,
          outputs: 14.09,
          taps: 8.778,
          layer: 226.9,
        },
      },
      pointwiseStrided: {
        operators: 5,
        error: 0.028,
        prices: { macs: 0.1663, remainder: 0.2656, outputs: 20.43 },
      },
      window: {
        operators: 95,
        error: 0.05,
        prices: {
          macs: 0.1771,
          remainder: 0.02571,
          remainders: 2.867,
          outputs: 14.31,
          laidOut: 0.111,
          taps: 17.91,
          positions: 57.69,
          layer: 2008,
        },
      },
    },
  },
};
