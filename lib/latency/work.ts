/**
 * What a kernel does for one inference, in things that can be counted from the shape of a layer, and what it costs.
 *
 * Instructions of a kernel are close to a sum over such things: so many per weight, per output, per row. The
 * tables in `fitted/` have their prices, fitted to counts on emulated cores.
 */

/** How often a kernel does each of a few things, by name. */
export type Work = Readonly<Record<string, number>>;

/** Instructions for one of each. */
export type Prices = Readonly<Record<string, number>>;

/** The work of one operator, and the name of the kernel that the table has prices of. */
export interface KernelWork {
  kernel: string;
  work: Work;
}

/** What runs an operator: this package's packed kernels, TFLM's reference kernels or CMSIS-NN. */
export const kernelSets = ["packed", "reference", "cmsisNn"] as const;
export type KernelSet = (typeof kernelSets)[number];

/** The work of an operator in each of the kernel sets that have a kernel for it. */
export type OperatorWork = Readonly<Partial<Record<KernelSet, KernelWork>>>;

/** Instructions of so much work. */
export function instructionsOf(prices: Prices, work: Work): number {
  return Object.entries(prices).reduce((sum, [name, price]) => sum + price * (work[name] ?? 0), 0);
}
