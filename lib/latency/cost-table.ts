/** The form of the fitted cost tables. */

import type { KernelSet, Prices } from "./work.js";

/** Prices of one kernel. */
export interface FittedKernel {
  prices: Prices;
  /** Operators that it was fitted to, and the relative error that nine in ten of them are within. */
  operators: number;
  error: number;
}

/** What a core's table was fitted to. */
export interface Provenance {
  compiler: string;
  flags: readonly string[];
  emulator: string;
  /** Label of the TFLM tree with the reference kernels. */
  tflm: string;
  /** Commit of CMSIS-NN. */
  cmsisNn: string;
  /** SHA-256 of the packed kernels' sources, shortened. */
  kernels: string;
  networks: number;
}

/** Instructions of everything that runs on a core. */
export interface CostTable {
  provenance: Provenance;
  kernels: Readonly<Record<KernelSet, Readonly<Record<string, FittedKernel>>>>;
}
