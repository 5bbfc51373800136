/** Instructions of the kernels, counted and fitted by `node bench/fit-costs.mjs`; not to be edited by hand. */

import type { CostTable } from "../cost-table.js";

export const cortexM33: CostTable = {
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
        error: 0.184,
        prices: {
          blocks: 115.1,
          remainder: 5.28,
          index: 0.8955,
          bundles: 108.6,
          outputs: 44.83,
          layer: 431.7,
        },
      },
      pointwise: {
        operators: 328,
        error: 0.102,
        prices: {
          weights: 3.868,
          runs: 18.24,
          outputs: 14.13,
          listedFilterlets: 19.05,
          listedBlocks: 2.128,
          index: 63.26,
          filters: 112.2,
          input: 2.067,
          rows: 404.4,
          layer: 730.4,
        },
      },
      tiles: {
        operators: 116,
        error: 0.101,
        prices: {
          blocks: 25.39,
          remainder: 11.86,
          index: 1.37,
          bundles: 92.78,
          outputs: 43.72,
          layer: 458.7,
        },
      },
      window: {
        operators: 416,
        error: 0.096,
        prices: {
          weights: 3.672,
          runs: 4.75,
          outputs: 33.16,
          listedFilterlets: 7.285,
          listedBlocks: 40.4,
          index: 2.968,
          filters: 113.6,
          narrow: 98.26,
          input: 2.682,
          rows: 723.1,
        },
      },
    },
    reference: {
      ADD: { operators: 40, error: 0.01, prices: { outputs: 84.54, layer: 2882 } },
      AVERAGE_POOL_2D: {
        operators: 41,
        error: 0.014,
        prices: { taps: 7.046, rows: 19.18, outputs: 32.23, layer: 545.6 },
      },
      LOGISTIC: { operators: 15, error: 0.006, prices: { outputs: 426.6 } },
      MAX_POOL_2D: {
        operators: 24,
        error: 0.017,
        prices: { taps: 8.588, rows: 19.14, outputs: 23.91, layer: 836.1 },
      },
      PAD: { operators: 40, error: 0.124, prices: { outputs: 9.466, copied: 13.84, layer: 1038 } },
      RELU: { operators: 13, error: 0, prices: { outputs: 10, layer: 324 } },
      RELU6: { operators: 12, error: 0, prices: { outputs: 13, layer: 337 } },
      RESHAPE: { operators: 40, error: 0, prices: { outputs: 8, layer: 243 } },
      SOFTMAX: { operators: 40, error: 0.005, prices: { outputs: 573.6, layer: 1410 } },
      conv: {
        operators: 187,
        error: 0.043,
        prices: { macs: 10.21, inside: 17.1, taps: 17.55, outputs: 181.1, layer: 17360 },
      },
      depthwise: {
        operators: 48,
        error: 0.097,
        prices: { macs: 9.186, inside: 29.9, outputs: 219.7, layer: 55880 },
      },
      fullyConnected: { operators: 80, error: 0.027, prices: { macs: 23.08, taps: 1320, layer: 5877 } },
    },
    cmsisNn: {
      depthwise: { operators: 12, error: 0.045, prices: { macs: 8.38, taps: 53.53 } },
      depthwise3x3: { operators: 36, error: 0.085, prices: { macs: 7.831, taps: 16.54 } },
      fullyConnected: {
        operators: 80,
        error: 0.019,
        prices: { macs: 1.881, remainder: 1.999, remainders: 8.823, outputs: 49.16, taps: 152.6 },
      },
      pointwise: {
        operators: 82,
        error: 0.06,
        prices: { macs: 1.571, remainder: 4.989, remainders: 0.8041, outputs: 40.17, layer: 799 },
      },
      pointwiseStrided: {
        operators: 15,
        error: 0.19,
        prices: { macs: 2.311, remainder: 3.982, outputs: 41.75, taps: 34.28, layer: 3284 },
      },
      window: {
        operators: 90,
        error: 0.026,
        prices: {
          macs: 1.637,
          remainder: 1.948,
          remainders: 2.274,
          outputs: 46.83,
          laidOut: 2.868,
          taps: 35.87,
          positions: 64.34,
          layer: 5974,
        },
      },
    },
  },
};
