import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { dtmmError } from "../errors/index.js";

const opSchema = z.object({
  /** How firmware registers the op: a header and two C++ expressions. */
  registration: z.object({ header: z.string(), name: z.string(), function: z.string() }),
  /** Files to compile and the files they include, relative to the manifest. */
  sources: z.array(z.string()),
  headers: z.array(z.string()),
});

const manifestSchema = z.object({ version: z.literal(1), ops: z.record(z.string(), opSchema) });

export type KernelManifest = z.infer<typeof manifestSchema>;
export type KernelOp = z.infer<typeof opSchema>;

/** The package's kernel sources; the same place seen from `lib/` and from `dist/`. */
export const kernelFolder = fileURLToPath(new URL("../../tflm-kernels/", import.meta.url));

/** @throws INTERNAL if the package's manifest is missing or not valid */
export function readKernelManifest(folder = kernelFolder): KernelManifest {
  const bytes = readKernel(folder, "manifest.json");
  try {
    return manifestSchema.parse(JSON.parse(bytes.toString("utf8")));
  } catch (error) {
    throw dtmmError("INTERNAL", { what: `the kernel manifest in ${folder} is not valid` }, error);
  }
}

/** @throws INTERNAL if the manifest does not list `op` */
export function kernelOp(manifest: KernelManifest, op: string): KernelOp {
  const found = manifest.ops[op];
  if (!found) throw dtmmError("INTERNAL", { what: `no kernel is listed for the custom op ${op}` });
  return found;
}

/**
 * The files that a board compiles for the named custom ops, with those that they include, each once, sorted.
 *
 * @param ops names as in the model's operator codes
 * @throws INTERNAL if the manifest does not list one of them
 */
export function kernelPaths(ops: readonly string[], folder = kernelFolder): string[] {
  if (ops.length === 0) return [];
  const manifest = readKernelManifest(folder);
  const parts = ops.map((op) => kernelOp(manifest, op));
  return [...new Set(parts.flatMap(({ sources, headers }) => [...sources, ...headers]))].sort();
}

/** @throws INTERNAL if the package does not hold the file */
export function readKernel(folder = kernelFolder, path: string): Buffer {
  try {
    return readFileSync(join(folder, path));
  } catch (error) {
    throw dtmmError("INTERNAL", { what: `the kernel file ${path} is missing from ${folder}` }, error);
  }
}
