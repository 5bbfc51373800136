import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { NativeAddon } from "../../lib/native/addon-types.js";
import { temporaryFolder } from "../tflm/fake-tree.js";

/** Sources of the functions of a stand-in for dtmm.node, by the names that the pool knows. */
export type FakeFunctions = Partial<Record<keyof NativeAddon, string>>;

/** Writes a CommonJS module that `require` loads as it would load dtmm.node; returns its path. */
export function fakeAddon(functions: FakeFunctions, head = ""): string {
  const path = join(temporaryFolder(), "addon.cjs");
  const fields = Object.entries(functions).map(([name, source]) => `${name}: ${source}`);
  writeFileSync(path, `${head}\nmodule.exports = { ${fields.join(",\n")} };\n`);
  return path;
}

/** A request that runs a model, for functions that do not look at it. */
export const modelRequest = { model: new Uint8Array([1, 2, 3]), arenaBytes: 0 };
