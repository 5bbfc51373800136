import { blockFullyConnected, filterletConv, packedFormat } from "../pack/format.js";
import { kernelOp, readKernelManifest } from "./kernel-manifest.js";
import type { Registration } from "./resolver/patch.js";

/** The custom ops that dtmm puts into a model unless a method to compare with is asked for. */
export const customOps: readonly string[] = [filterletConv.op, blockFullyConnected.op];

/**
 * How firmware registers the named custom ops, in the order given, out of the kernels' manifest.
 *
 * @param ops names as in the model's operator codes
 * @param folder where the manifest is; the package's own when absent
 * @throws INTERNAL for an op that the manifest does not list
 */
export function registrationsFor(ops: readonly string[], folder?: string): Registration[] {
  const manifest = readKernelManifest(folder);
  return ops.map((op) => {
    const { name, function: register, header } = kernelOp(manifest, op).registration;
    const replaces = packedFormat(op)?.replaces;
    return { customName: name, register, include: `"${header}"`, ...(replaces && { replaces }) };
  });
}
