import { inLayout, type OutputLayout } from "../firmware/glue/kinds.js";
import { kernelFolder, kernelPaths, readKernel } from "../firmware/kernel-manifest.js";
import type { FilePlan } from "./plan.js";

/**
 * The files that a board compiles for the named custom ops, each once, where the layout wants them.
 *
 * @param ops names as in the model's operator codes
 * @param folder where the kernels' manifest is
 * @throws INTERNAL if the package does not hold them
 */
export function kernelFiles(
  ops: readonly string[],
  layout: OutputLayout,
  folder: string = kernelFolder,
): FilePlan {
  return kernelPaths(ops, folder).map((path) => ({
    path: inLayout(layout.kernels, path, layout),
    content: readKernel(folder, path),
  }));
}
