// The table of docs/patching.md: `dtmm patch` over every example of public TFLM trees, in copies. Each example is patched for
// the operators of its own model, patched again, and undone.
// Usage: npm run build && node bench/real-trees.mjs DIR...
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, extname, join, relative } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { applyPlan, undo } from "../dist/emit/index.js";
import { packedOpsOf, stockOpsOf } from "../dist/firmware/model-ops.js";
import { planPatch } from "../dist/firmware/patch.js";
import { customOps, registrationsFor } from "../dist/firmware/registrations.js";
import { packedFormats } from "../dist/pack/format.js";
import { readModel } from "../dist/tflite/reader.js";
import { table } from "./table.mjs";

const trees = process.argv.slice(2);
if (trees.length === 0) throw new Error("usage: node bench/real-trees.mjs DIR...");
const rows = [];
for (const tree of trees) {
  const commit = git(tree, "log", "-1", "--format=%h of %cs");
  for (const example of examplesOf(tree)) {
    const name = `${basename(tree)} ${relative(tree, example)}`.replace(/ .*examples\//, " ");
    rows.push([name, commit, ...(await row(example))]);
  }
}
table(["example", "commit", "model", "result", "files and remarks"], rows);

/** The folders directly in a folder called examples. */
function examplesOf(tree) {
  const parents = readdirSync(tree, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name === "examples")
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/third_party|python/.test(relative(tree, path)));
  return parents.flatMap((parent) =>
    readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(parent, entry.name)),
  );
}

async function row(example) {
  const base = mkdtempSync(join(tmpdir(), "dtmm-trees-"));
  const root = join(base, basename(example));
  try {
    cpSync(example, root, { recursive: true });
    const model = modelOf(example);
    return [model?.name ?? "none found", ...(await tryPatch(root, model))];
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

/** Patches, patches again, undoes; says what was patched or what the refusal says. */
async function tryPatch(root, model) {
  const request = { root, registrations: registrationsFor(model?.packed ?? customOps), needs: model?.needs };
  const before = filesIn(root);
  try {
    const { files, notes } = await planPatch(request);
    await applyPlan(
      files.map(({ path, after }) => ({ path, content: after, undo: "patch" })),
      { root },
    );
    const again = (await planPatch(request)).files.every((file) => file.after.equals(file.before));
    await undo(root);
    const isBack = isDeepStrictEqual(filesIn(root), before);
    const result =
      again && isBack ? "patched" : `patched, but ${again ? "not undone" : "not twice the same"}`;
    const remarks = notes.map((note) => note.replace(/ registers ops as well;.*/, " passed over"));
    return [result, [files.map(({ path }) => path).join(", "), ...remarks].join("; ")];
  } catch (error) {
    if (error.code === undefined) throw error;
    const isUntouched = isDeepStrictEqual(filesIn(root), before);
    return [isUntouched ? "refused" : "refused, BUT TOUCHED", error.message.replace(root, ".")];
  }
}

/** What the first model of the example with something to prune would need once all of that is packed. */
function modelOf(example) {
  for (const { name, bytes } of [...modelFiles(example), ...modelFiles(join(example, "../../models"))]) {
    const isNear = name.includes("/") || basename(example).startsWith(basename(name, extname(name)));
    if (!isNear) continue;
    const stock = stockOpsOf(readModel(bytes));
    const packed = packedFormats.filter(({ replaces }) => stock.includes(replaces)).map(({ op }) => op);
    if (packed.length > 0 && packedOpsOf(readModel(bytes)).length === 0) {
      return { name: basename(name), packed, needs: stock };
    }
  }
  return undefined;
}

/** Model files, and C arrays that hold one. */
function modelFiles(folder) {
  return Object.entries(filesIn(folder))
    .sort(([a], [b]) => Number(/float/.test(a)) - Number(/float/.test(b)) || (a < b ? -1 : 1))
    .flatMap(([path, bytes]) => {
      const name = join(basename(folder) === "models" ? "" : basename(folder), path);
      if (path.endsWith(".tflite")) return [{ name, bytes }];
      if (!/\.(cc|cpp|h)$/.test(path)) return [];
      const array = /\[[^\]]*\][^={;]*=\s*\{([^}]*)\}/g;
      return [...bytes.toString("latin1").matchAll(array)]
        .map(([, list]) => Buffer.from(list.match(/0x[0-9a-f]{1,2}\b/gi) ?? []))
        .filter((found) => found.toString("latin1", 4, 8) === "TFL3")
        .map((found) => ({ name, bytes: found }));
    });
}

function filesIn(folder) {
  if (!existsSync(folder)) return {};
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(files.map((path) => [relative(folder, path), readFileSync(path)]));
}

function git(tree, ...words) {
  return execFileSync("git", ["-C", tree, ...words], { encoding: "utf8" }).trim();
}
