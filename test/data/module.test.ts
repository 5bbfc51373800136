import { describe, expect, test } from "vitest";
import { loadInputs } from "../../lib/data/inputs.js";
import { openSource } from "../../lib/data/open.js";
import { thrownBy } from "../cli/support/throws.js";
import { fileMaker, open, plain, read } from "./support.js";

const saved = fileMaker();
const tensor = { type: "INT8", shape: [1, 2], scale: 1, zeroPoint: 0 };

describe("what a module may export", () => {
  test.each([
    ["an array", ".mjs", "export default [{ input: [1, 2], label: 1 }, { input: [3, 4], label: 0 }];"],
    [
      "a generator function",
      ".mjs",
      "export default function* () { yield { input: [1, 2], label: 1 }; yield { input: [3, 4], label: 0 }; }",
    ],
    [
      "an async generator function",
      ".mjs",
      "export default async function* () { yield { input: [1, 2], label: 1 }; yield { input: [3, 4], label: 0 }; }",
    ],
    [
      "a function that promises an array",
      ".mjs",
      "export default async ({ shape }) => [[1, 2], [3, 4]].map((input, i) => ({ input: input.slice(0, shape[0]), label: 1 - i }));",
    ],
    [
      "an object that yields again and again",
      ".mjs",
      "export default { *[Symbol.iterator]() { yield { input: [1, 2], label: 1 }; yield { input: [3, 4], label: 0 }; } };",
    ],
    [
      "TypeScript",
      ".ts",
      "type S = { input: Float32Array; label: number };\nexport default [{ input: Float32Array.of(1, 2), label: 1 }, { input: Float32Array.of(3, 4), label: 0 }] satisfies S[];",
    ],
    [
      "CommonJS",
      ".cjs",
      "module.exports = [{ input: Uint8Array.of(1, 2), label: 1 }, { input: Uint8Array.of(3, 4), label: 0 }];",
    ],
  ])("%s", async (_, end, text) => {
    const source = await open(saved(end, text), {}, [2]);
    expect(source).toMatchObject({ kind: "module", shape: [2], flat: true });
    const expected = {
      indices: [0, 1],
      values: [
        [1, 2],
        [3, 4],
      ],
      labels: [1, 0],
    };
    expect(await read(source)).toEqual(expected);
    // Calibration inputs may be read once more, to teach on.
    expect(await read(source)).toEqual(expected);
  });

  test("typed arrays keep their type; int8 is already quantised", async () => {
    const file = saved(".mjs", "export default [{ input: Int8Array.of(-128, 127) }];");
    const { bytes, source } = await loadInputs(file, tensor, { ...plain, inputScale: 9 });
    expect([...new Int8Array(bytes.buffer), source.alreadyQuantised]).toEqual([-128, 127, true]);
  });
});

describe("a choice", () => {
  const stream = saved(
    ".mjs",
    "const input = new Float32Array(2);\nexport default function* () { for (let i = 0; i < 500; i++) { input.fill(i); yield { input, label: i % 3 }; } }",
  );

  test("of an array only looks at the chosen ones", async () => {
    const file = saved(
      ".mjs",
      "export default Array.from({ length: 100 }, (_, i) => ({ get input() { globalThis.looked = (globalThis.looked ?? 0) + 1; return [i, i]; } }));",
    );
    const source = await open(file, {}, [2]);
    const { indices, values } = await read(source, { limit: 5, seed: 1 });
    expect(values.map(([first]) => first)).toEqual(indices);
    expect((globalThis as { looked?: number }).looked).toBe(6);
  });

  test("of a stream is drawn in one pass, by the seed, and ascends", async () => {
    const source = await open(stream);
    expect(source.total).toBeUndefined();
    const drawn = await read(source, { limit: 20, seed: 1 });
    expect(drawn.values.map(([first]) => first)).toEqual(drawn.indices);
    expect(drawn.labels).toEqual(drawn.indices.map((index) => index % 3));
    expect(new Set(drawn.indices).size).toBe(20);
    expect(drawn.indices).toEqual([...drawn.indices].sort((a, b) => a - b));
    expect(Math.max(...drawn.indices)).toBeGreaterThan(250);
    expect(await read(source, { limit: 20, seed: 1 })).toEqual(drawn);
    expect((await read(source, { limit: 20, seed: 2 })).indices).not.toEqual(drawn.indices);
  });

  test("every sample of a stream is as likely as any other", async () => {
    const source = await open(stream);
    const halves = [0, 0];
    for (let seed = 0; seed < 40; seed++) {
      for (const index of (await read(source, { limit: 10, seed })).indices) halves[index < 250 ? 0 : 1]!++;
    }
    expect(Math.abs(halves[0]! - 200)).toBeLessThan(40);
  });

  test("more than there are: all", async () => {
    const { samples, source } = await loadInputs(stream, tensor, plain, { limit: 1000, seed: 1 });
    expect([samples, source.total]).toEqual([500, 500]);
  });
});

describe("a module that goes wrong", () => {
  test.each([
    ["does not parse", "export default [", "MODULE_UNLOADABLE", "cannot load"],
    ["throws while it loads", "throw new Error('no data set');", "MODULE_UNLOADABLE", "no data set"],
    ["exports nothing", "export const samples = [];", "MODULE_EXPORT", "no default export"],
    ["exports a number", "export default 7;", "MODULE_EXPORT", "a number"],
    ["exports bare numbers", "export default new Float32Array(4);", "MODULE_EXPORT", "a typed array"],
    ["exports an object", "export default { samples: [] };", "MODULE_EXPORT", "yields nothing"],
    [
      "exports what can be read only once",
      "export default (function* () {})();",
      "MODULE_EXPORT",
      "only once",
    ],
    ["returns nothing", "export default () => undefined;", "MODULE_EXPORT", "undefined"],
    [
      "throws when it is called",
      "export default () => { throw new Error('no\\nsuch'); };",
      "MODULE_FAILED",
      "sample 0: no",
    ],
    [
      "throws no error",
      "export default function* () { yield { input: [1, 2] }; throw 'enough'; }",
      "MODULE_FAILED",
      "sample 1: enough",
    ],
    [
      "throws later",
      "export default async function* () { yield { input: [1, 2] }; throw new Error('gone'); }",
      "MODULE_FAILED",
      "sample 1: gone",
    ],
    [
      "throws in a field",
      "export default [{ get input() { throw new Error('lazy'); } }];",
      "MODULE_FAILED",
      "lazy",
    ],
    [
      "has an iterator that is none",
      "export default { [Symbol.iterator]: () => ({ next: () => 7 }) };",
      "MODULE_FAILED",
      "returned no object",
    ],
    ["yields bare arrays", "export default [[1, 2]];", "MODULE_SAMPLE", "neither"],
    ["yields nothing worth it", "export default [null];", "MODULE_SAMPLE", "no object"],
    ["yields text", "export default [{ input: ['1', 2] }];", "MODULE_SAMPLE", "string at 0"],
    [
      "yields a fraction as a class",
      "export default [{ input: [1, 2], label: 0.5 }];",
      "MODULE_SAMPLE",
      "whole number",
    ],
    [
      "changes its mind about the length",
      "export default [{ input: [1, 2] }, { input: [1] }];",
      "MODULE_SAMPLE",
      "sample 1",
    ],
    [
      "changes its mind about the type",
      "export default [{ input: Int8Array.of(1, 2) }, { input: [1, 2] }];",
      "MODULE_SAMPLE",
      "float64",
    ],
    [
      "yields NaN",
      "export default [{ input: [1, 2] }, { input: [1, NaN] }];",
      "INPUT_NOT_FINITE",
      "sample 1",
    ],
    ["has the wrong length", "export default [{ input: [1, 2, 3] }];", "INPUT_SHAPE", "[1, 3]"],
    ["is empty", "export default [];", "INPUT_EMPTY", "no samples"],
    [
      "labels only some",
      "export default [{ input: [1, 2], label: 1 }, { input: [1, 2] }];",
      "LABELS_PARTIAL",
      "sample 1",
    ],
  ])("%s", async (_, text, code, message) => {
    const error = await thrownBy(() => loadInputs(saved(".mjs", text), tensor, plain));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain("\n");
  });

  test("never ends: MODULE_ENDLESS, with and without a choice", async () => {
    const file = saved(
      ".mjs",
      "const sample = { input: Int8Array.of(1, 2) };\nexport default { [Symbol.iterator]: () => ({ next: () => ({ done: false, value: sample }) }) };",
    );
    const error = await thrownBy(() => loadInputs(file, tensor, plain, { limit: 3, seed: 1 }));
    expect(error.code).toBe("MODULE_ENDLESS");
  });

  test("never answers: an interruption ends it", async () => {
    const file = saved(".mjs", "export default async function* () { await new Promise(() => undefined); }");
    const controller = new AbortController();
    const opened = openSource(file, plain, controller.signal, { shape: [2] });
    const outcome = expect(opened).rejects.toThrow("stop");
    setTimeout(() => controller.abort(new Error("stop")), 20);
    await outcome;
  });
});
