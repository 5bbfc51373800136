/** Instructions of the kernels, counted and fitted by `node bench/fit-costs.mjs`; not to be edited by hand. */

import type { CostTable } from "../cost-table.js";

export const cortexM55: CostTable = {
  provenance: {
    compiler: "arm-none-eabi-gcc (15:12.2.rel1-1) 12.2.1 20221205",
    flags: ["-O3", "-DNDEBUG"],
    emulator: "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)",
    tflm: "crate tfmicro 0.1.0",
    cmsisNn: "99f736a63036613032f9b70de36b493bcd7802d4",
    kernels: "a169943255dd6c47",
    networks: 40,
  },
  kernels: {
    packed: {
      fullyConnected: {
        operators: 159,
        error: 0.319,
        prices: { blocks: 27.91, remainder: 3.702, index: 3.522, bundles: 70.45, layer: 589 },
      },
      pointwise: {
        operators: 80,
        error: 0.083,
        prices: {
          outputs: 15.86,
          index: 5.257,
          filters: 85.11,
          layer: 1339,
          vectors: 21.91,
          cells: 6.93,
          input: 0.2544,
          rows: 385,
        },
      },
      pointwiseExpanded: {
        operators: 248,
        error: 0.087,
        prices: {
          outputs: 18.04,
          index: 19.76,
          filters: 71.97,
          layer: 1621,
          vectors: 28.68,
          blocks: 32.86,
          weights: 0.8946,
          rows: 510.8,
        },
      },
      tiles: {
        operators: 70,
        error: 0.141,
        prices: { blocks: 14.82, remainder: 2.745, index: 0.6848, bundles: 80.44, layer: 553.2 },
      },
      window: {
        operators: 93,
        error: 0.091,
        prices: {
          outputs: 24.9,
          index: 5.401,
          filters: 71.2,
          layer: 2900,
          vectors: 18.07,
          cells: 5.597,
          input: 0.7685,
          table: 0.2387,
        },
      },
      windowExpanded: {
        operators: 323,
        error: 0.119,
        prices: {
          outputs: 30.57,
          index: 23.55,
          layer: 3165,
          vectors: 22.95,
          blocks: 30.94,
          weights: 2.898,
          input: 0.3281,
          table: 0.272,
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
