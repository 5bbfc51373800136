import { kernelFolder, kernelOp, readKernel, readKernelManifest } from "../firmware/kernel-manifest.js";
import type { FilePlan } from "./plan.js";

/**
 * The files that a board compiles for the named custom ops, each once, sorted.
 *
 * @param ops names as in the model's operator codes
 * @param folder where the kernels' manifest is
 * @throws INTERNAL if the package does not hold them
 */
export function kernelFiles(ops: readonly string[], folder = kernelFolder): FilePlan {
  if (ops.length === 0) return [];
  const manifest = readKernelManifest(folder);
  const paths = new Set<string>();
  for (const op of ops) {
    const { sources, headers } = kernelOp(manifest, op);
    for (const path of [...sources, ...headers]) paths.add(path);
  }
  return [...paths].sort().map((path) => ({ path, content: readKernel(folder, path) }));
}
