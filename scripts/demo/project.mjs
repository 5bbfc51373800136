import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const example = path.join(repository, "examples", "digits");
const demo = path.join(repository, "build", "demo");

/** What generated files a working copy of the example may hold; the demo makes its own. */
const generated = new Set(["build", "data", "node_modules", ".dtmm"].map((name) => path.join(example, name)));

/**
 * A fresh copy of the example in build/demo/digits in which `dtmm` is installed as npm would link it. Returns the
 * folders; `cache` outlives the copy, so that a second demo does not compile TFLM again.
 */
export function prepareProject() {
  const dir = path.join(demo, "digits");
  rmSync(dir, { recursive: true, force: true });
  cpSync(example, dir, { recursive: true, filter: (source) => !generated.has(source) });

  const { bin } = JSON.parse(readFileSync(path.join(repository, "package.json"), "utf8"));
  const program = path.join(repository, bin.dtmm);
  const modules = path.join(dir, "node_modules");
  mkdirSync(path.join(modules, ".bin"), { recursive: true });
  symlinkSync(repository, path.join(modules, "dtmm"), "dir");
  symlinkSync(program, path.join(modules, ".bin", "dtmm"));
  chmodSync(program, 0o755);
  return { dir, example, cache: path.join(demo, "cache") };
}

/** The classes of the held-out digits, as `npm run data` wrote them. */
export function readLabels({ dir }) {
  const npy = readFileSync(path.join(dir, "data", "eval_labels.npy"));
  return npy.subarray(10 + npy.readUInt16LE(8));
}
