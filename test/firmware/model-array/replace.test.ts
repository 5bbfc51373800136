import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { applyPlan, undo } from "../../../lib/emit/index.js";
import { planModelArray } from "../../../lib/firmware/model-array/replace.js";
import { importModel } from "../../../lib/import.js";
import { put, text, treeOf } from "../../emit/project.js";
import { convModel, everyLayer } from "../../support/models.js";

const dense = convModel(everyLayer);
const pruned = convModel({ ...everyLayer, seed: 99 }).slice();
const shorter = Buffer.concat([pruned, Buffer.alloc(3)]);
const hex = (bytes: Uint8Array) =>
  [...bytes].map((byte) => `0x${byte.toString(16).padStart(2, "0")}`).join(", ");
const source = `#include "model.h"

alignas(16) const unsigned char g_model[] = {${hex(dense)}};
const unsigned int g_model_len = ${dense.length};
`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "dtmm-array-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const request = (bytes?: Uint8Array) => ({
  ...{ root, source: "src/model.cc", name: "g_model", bytes },
  dense: "out/dense.tflite",
});

async function replace(bytes: Uint8Array): Promise<string[]> {
  const files = await planModelArray(request(bytes));
  const plan = files.map(({ path, after }) => ({ path, content: after }));
  const { changed } = await applyPlan([...plan, { path: "out/dense.tflite", content: dense }], { root });
  return changed;
}

describe("an array in place", () => {
  test("takes the bytes and the length, keeps all else, and says where the dense model is", async () => {
    put(root, "src/model.cc", source);
    await replace(shorter);
    const mark = /^\/\* dtmm:dense \.\.\/out\/dense\.tflite sha256:[0-9a-f]{12} \*\/\n/m;
    expect(text(root, "src/model.cc")).toMatch(mark);
    const expected = source.replace(hex(dense), hex(shorter)).replace(/= \d+;/, `= ${shorter.length};`);
    expect(text(root, "src/model.cc").replace(mark, "")).toBe(expected);
  });

  test("a second run with the same model changes nothing, with another model it starts from the dense one", async () => {
    put(root, "src/model.cc", source);
    await replace(shorter);
    expect(await replace(shorter)).toEqual([]);
    await replace(pruned);
    expect(text(root, "src/model.cc").match(/dtmm:dense/g)).toHaveLength(1);
    const path = join(root, "src/model.cc");
    expect(Buffer.from((await importModel(path, { dense: true })).bytes).equals(dense)).toBe(true);
    expect(Buffer.from((await importModel(path)).bytes).equals(pruned)).toBe(true);
  });

  test("undo gives every byte back", async () => {
    put(root, "src/model.cc", source);
    put(root, "src/model.h", `extern const unsigned char g_model[${dense.length}];\n`);
    const before = treeOf(root);
    expect(await replace(shorter)).toContain("src/model.h");
    await replace(pruned);
    await undo(root);
    expect(treeOf(root)).toEqual(before);
  });

  test("an array that the user put there later stands for itself", async () => {
    put(root, "src/model.cc", source);
    await replace(shorter);
    put(root, "src/model.cc", text(root, "src/model.cc").replace(hex(shorter), hex(pruned)));
    const imported = await importModel(join(root, "src/model.cc"), { dense: true });
    expect(Buffer.from(imported.bytes).equals(pruned)).toBe(true);
  });

  test("a dense model that is gone is a clear error", async () => {
    put(root, "src/model.cc", source);
    await replace(pruned);
    rmSync(join(root, "out"), { recursive: true });
    await expect(importModel(join(root, "src/model.cc"), { dense: true })).rejects.toMatchObject({
      code: "MODEL_DENSE_MISSING",
      exit: 2,
    });
  });

  test("a declaration that shares its line", async () => {
    put(root, "src/model.cc", `int x; const uint8_t g_model[] = {${hex(dense)}};\r\n`);
    await replace(pruned);
    expect(text(root, "src/model.cc")).toMatch(
      /^int x; \/\* dtmm:dense \S+ sha256:\w+ \*\/ const uint8_t g_model/,
    );
    expect(await replace(pruned)).toEqual([]);
  });
});

describe("the length", () => {
  const length = dense.length;
  const others: [string, string, string][] = [
    ["a size in brackets", "src/model.h", `extern const unsigned char g_model[${length}];`],
    ["a macro", "src/model.h", `#define G_MODEL_LEN ${length}`],
    ["a macro in hexadecimal", "src/model.h", `#define G_MODEL_SIZE (0x${length.toString(16)}u)`],
    ["a constant of the same stem", "src/config.h", `constexpr size_t kModelSize = ${length};`],
  ];
  test.each(others)("%s in another file follows", async (_, path, line) => {
    put(root, "src/model.cc", source);
    put(root, path, `${line}\nint other = ${length + 1};\n`);
    expect(await replace(shorter)).toContain(path);
    const number = line.includes("0x") ? `0x${shorter.length.toString(16)}u` : String(shorter.length);
    const expected = line.replace(/0x[0-9a-f]+u|\b\d+\b/, number);
    expect(text(root, path)).toBe(`${expected}\nint other = ${length + 1};\n`);
  });

  test("the same number that means something else stays", async () => {
    put(root, "src/model.cc", source);
    const unrelated = `int kHeapSize = ${length};\n// g_model has ${length} bytes\n`;
    put(root, "src/heap.cc", unrelated);
    await replace(shorter);
    expect(text(root, "src/heap.cc")).toBe(unrelated);
  });

  test("a bare number beside the array is refused with what to write, before anything is done", async () => {
    put(root, "src/model.cc", source);
    put(root, "src/main.cc", `\nbool ok = Verify(g_model, ${length});\n`);
    await expect(planModelArray(request())).rejects.toMatchObject({
      code: "MODEL_ARRAY_LENGTH",
      exit: 1,
      message: `src/main.cc:2 states the model's length as the bare number ${length}`,
      hint: expect.stringContaining("sizeof(g_model)"),
    });
  });

  test("a name in the brackets is followed to its definition", async () => {
    const named = `#define BYTES ${length}\nconst uint8_t g_model[BYTES] = {${hex(dense)}};\n`;
    put(root, "src/model.cc", named);
    await replace(shorter);
    expect(text(root, "src/model.cc")).toContain(`#define BYTES ${shorter.length}\n`);
  });
});
