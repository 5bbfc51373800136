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
        operators: 159,
        error: 0.053,
        prices: { weights: 0.07104, blocks: 144.9, index: 16.19, outputs: 58.08, layer: 484.4 },
      },
      pointwise: {
        operators: 80,
        error: 0.083,
        prices: {
          outputs: 20.51,
          filters: 132.3,
          layer: 1005,
          vectors: 20.24,
          cells: 7.365,
          input: 0.1803,
          rows: 547.6,
        },
      },
      pointwiseExpanded: {
        operators: 248,
        error: 0.063,
        prices: {
          outputs: 21.39,
          index: 21.41,
          filters: 116.6,
          layer: 1047,
          vectors: 28.79,
          blocks: 33.97,
          weights: 1.399,
          input: 0.06794,
          table: 1.884,
          rows: 588.5,
        },
      },
      tiles: {
        operators: 70,
        error: 0.11,
        prices: { blocks: 14.38, remainder: 3.53, index: 0.9234, bundles: 70.12, layer: 581.4 },
      },
      window: {
        operators: 93,
        error: 0.074,
        prices: {
          outputs: 33.96,
          index: 1.371,
          filters: 120.4,
          layer: 3319,
          vectors: 16.92,
          cells: 6.631,
          input: 0.6133,
          table: 12.37,
          rows: 257.8,
        },
      },
      windowExpanded: {
        operators: 323,
        error: 0.124,
        prices: {
          outputs: 37.25,
          index: 27.4,
          filters: 46.99,
          layer: 1512,
          vectors: 24.31,
          blocks: 28.96,
          weights: 3.021,
          input: 0.5899,
          table: 4.334,
          rows: 630.3,
        },
      },
    },
    reference: {
      ADD: { operators: 40, error: 0.012, prices: { outputs: 82.21, layer: 1173 } },
      AVERAGE_POOL_2D: {
        operators: 41,
        error: 0.015,
        prices: { taps: 4.023, rows: 17.42, outputs: 37.67, layer: 556.7 },
      },
      LOGISTIC: { operators: 15, error: 0.007, prices: { outputs: 447.6 } },
      MAX_POOL_2D: {
        operators: 24,
        error: 0.016,
        prices: { taps: 4.17, rows: 43.94, outputs: 33.76, layer: 867.3 },
      },
      PAD: { operators: 40, error: 0.129, prices: { outputs: 8.755, copied: 14.95, layer: 1092 } },
      RELU: { operators: 13, error: 0, prices: { outputs: 6, layer: 340 } },
      RELU6: { operators: 12, error: 0.094, prices: { outputs: 0.348, layer: 423 } },
      RESHAPE: { operators: 40, error: 0, prices: { outputs: 8, layer: 253 } },
      SOFTMAX: { operators: 40, error: 0.005, prices: { outputs: 612, layer: 827.4 } },
      conv: {
        operators: 187,
        error: 0.035,
        prices: { macs: 9.538, inside: 18.39, taps: 21.2, outputs: 163.5, layer: 9867 },
      },
      depthwise: {
        operators: 48,
        error: 0.088,
        prices: { macs: 3.92, inside: 34.25, outputs: 192.2, layer: 28260 },
      },
      fullyConnected: { operators: 80, error: 0.036, prices: { macs: 19.55, taps: 337.5, layer: 5678 } },
    },
    cmsisNn: {
      depthwise: { operators: 12, error: 0.056, prices: { macs: 1.443, taps: 20.79 } },
      depthwise3x3: { operators: 36, error: 0.05, prices: { macs: 2.017, taps: 25.46 } },
      fullyConnected: {
        operators: 80,
        error: 0.102,
        prices: { macs: 0.4743, remainder: 0.05103, remainders: 5.559, outputs: 12.75, taps: 220.1 },
      },
      pointwise: {
        operators: 82,
        error: 0.061,
        prices: { macs: 0.1773, remainders: 2.729, outputs: 14.48, taps: 8.156, layer: 211.2 },
      },
      pointwiseStrided: {
        operators: 15,
        error: 0.219,
        prices: { macs: 0.0753, remainder: 0.1077, outputs: 22.94, layer: 1272 },
      },
      window: {
        operators: 90,
        error: 0.05,
        prices: {
          macs: 0.1787,
          remainder: 0.04315,
          remainders: 3.292,
          outputs: 13.63,
          laidOut: 0.1301,
          taps: 16.26,
          positions: 76.85,
          layer: 1532,
        },
      },
    },
  },
};
