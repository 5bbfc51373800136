import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  decodeOptions,
  encodeOptions,
  fieldTypes,
  optionBytes,
  optionFields,
  optionOffset,
} from "../../lib/pack/format.js";
import { headerPath, renderHeader } from "../../lib/pack/generate-header.js";
import { kernelDir, manifest } from "./support/compile.js";

test("the checked-in header is the one that format.ts renders (run `npm run generate`)", () => {
  expect(readFileSync(headerPath, "utf8")).toBe(renderHeader());
});

test("the version comes first and every option is naturally aligned", () => {
  expect(optionOffset("version")).toBe(0);
  for (const field of optionFields) expect(optionOffset(field.name) % fieldTypes[field.type].bytes).toBe(0);
});

test("options survive encoding at both ends of their ranges", () => {
  for (const end of ["min", "max"] as const) {
    const values = Object.fromEntries(optionFields.map((f) => [f.name, fieldTypes[f.type][end]]));
    const bytes = encodeOptions(values as Parameters<typeof encodeOptions>[0]);
    expect(bytes).toHaveLength(optionBytes);
    expect(decodeOptions(bytes)).toEqual(values);
  }
});

test("the manifest lists every kernel file once", () => {
  const listed = Object.values(manifest.ops).flatMap((op) => [...op.sources, ...op.headers]);
  const present = readdirSync(kernelDir).filter((name) => /\.(c|cc|h)$/.test(name));
  expect([...listed].sort()).toEqual(present.sort());
});

test("kernel files include only each other, TFLM and the standard library", () => {
  for (const name of readdirSync(kernelDir).filter((file) => /\.(c|cc|h)$/.test(file))) {
    for (const [, included] of readFileSync(join(kernelDir, name), "utf8").matchAll(/#include "(.+)"/g)) {
      const known = included!.startsWith("tensorflow/lite/") || existsSync(join(kernelDir, included!));
      expect(known, `${name} includes ${included}`).toBe(true);
    }
  }
});
