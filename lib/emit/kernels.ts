import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { dtmmError } from "../errors/index.js";
import type { FilePlan } from "./plan.js";

const manifestSchema = z.object({
  version: z.number(),
  /** Per custom op, the files to compile and the files they include, relative to the manifest. */
  ops: z.record(z.string(), z.object({ sources: z.array(z.string()), headers: z.array(z.string()) })),
});

/** The package's kernel sources; the same place seen from `lib/` and from `dist/`. */
export const kernelFolder = fileURLToPath(new URL("../../tflm-kernels/", import.meta.url));

/**
 * The files that a board compiles for the named custom ops, each once, sorted.
 *
 * @param ops names as in the model's operator codes
 * @param folder where `manifest.json` is
 * @throws INTERNAL if the package does not hold them
 */
export async function kernelFiles(ops: readonly string[], folder = kernelFolder): Promise<FilePlan> {
  if (ops.length === 0) return [];
  const manifest = await readManifest(folder);
  const paths = new Set<string>();
  for (const op of ops) {
    const files = manifest.ops[op];
    if (!files) throw dtmmError("INTERNAL", { what: `no kernel is listed for the custom op ${op}` });
    for (const path of [...files.sources, ...files.headers]) paths.add(path);
  }
  return Promise.all(
    [...paths].sort().map(async (path) => ({ path, content: await readKernel(folder, path) })),
  );
}

async function readManifest(folder: string): Promise<z.infer<typeof manifestSchema>> {
  const bytes = await readKernel(folder, "manifest.json");
  try {
    return manifestSchema.parse(JSON.parse(bytes.toString("utf8")));
  } catch (error) {
    throw dtmmError("INTERNAL", { what: `the kernel manifest in ${folder} is not valid` }, error);
  }
}

async function readKernel(folder: string, path: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, path));
  } catch (error) {
    throw dtmmError("INTERNAL", { what: `the kernel file ${path} is missing from ${folder}` }, error);
  }
}
