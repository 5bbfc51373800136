import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fieldTypes } from "../../lib/pack/fields.js";
import { packedFormats } from "../../lib/pack/format.js";
import { headerPath, renderHeader } from "../../lib/pack/generate-header.js";
import { kernelDir, manifest } from "./support/compile.js";

test("the checked-in header is the one that format.ts renders (run `npm run generate`)", () => {
  expect(readFileSync(headerPath, "utf8")).toBe(renderHeader());
});

describe.each(packedFormats.map((format) => [format.op, format.options] as const))(
  "options of %s",
  (_, options) => {
    test("the version comes first and every option is naturally aligned", () => {
      expect(options.offset("version")).toBe(0);
      for (const { name, type } of options.fields) {
        expect(options.offset(name) % fieldTypes[type].bytes).toBe(0);
      }
    });

    test("they survive encoding at both ends of their types", () => {
      for (const end of ["min", "max"] as const) {
        const values = Object.fromEntries(options.fields.map((f) => [f.name, fieldTypes[f.type][end]]));
        const bytes = options.encode(values);
        expect(bytes).toHaveLength(options.bytes);
        expect(options.decode(bytes)).toEqual(values);
      }
    });
  },
);

test("the manifest lists every kernel file, and none twice for one operator", () => {
  const listed = Object.values(manifest.ops).map((op) => [...op.sources, ...op.headers]);
  const present = readdirSync(kernelDir).filter((name) => /\.(c|cc|h)$/.test(name));
  expect([...new Set(listed.flat())].sort()).toEqual(present.sort());
  for (const files of listed) expect(new Set(files).size).toBe(files.length);
});

test("every file that a kernel file includes is listed for the same operator", () => {
  for (const { sources, headers } of Object.values(manifest.ops)) {
    for (const name of [...sources, ...headers]) {
      for (const [, included] of readFileSync(join(kernelDir, name), "utf8").matchAll(
        /#include "(dtmm_.+)"/g,
      )) {
        expect(headers, `${name} includes ${included}`).toContain(included);
      }
    }
  }
});

test("the manifest knows every packed operator, in the same order", () => {
  expect(Object.keys(manifest.ops)).toEqual(packedFormats.map(({ op }) => op));
});

test("kernel files include only each other, TFLM and the standard library", () => {
  for (const name of readdirSync(kernelDir).filter((file) => /\.(c|cc|h)$/.test(file))) {
    for (const [, included] of readFileSync(join(kernelDir, name), "utf8").matchAll(/#include "(.+)"/g)) {
      const known = included!.startsWith("tensorflow/lite/") || existsSync(join(kernelDir, included!));
      expect(known, `${name} includes ${included}`).toBe(true);
    }
  }
});
