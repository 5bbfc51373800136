import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { findConfig } from "../../lib/options/config.js";
import { tempFolder, writeFiles } from "../cli/support/temp-folder.js";
import { thrownBy } from "../cli/support/throws.js";

const folder = tempFolder();

/** A project of its own below the temporary folder. */
function project(name: string, files: Record<string, string>): string {
  const root = path.join(folder, name);
  writeFiles(root, files);
  return root;
}

describe("a config file is found", () => {
  const contents: [string, string][] = [
    ["dtmm.config.json", '{ "$schema": "x.json", "seed": 7 }'],
    ["dtmm.config.mjs", "export default { seed: 3 + 4 };"],
    ["dtmm.config.ts", "const seed: number = 7;\nexport default { seed } satisfies object;"],
    ["package.json", '{ "name": "firmware", "dtmm": { "seed": 7 } }'],
  ];
  test.each(contents)("%s", async (file, content) => {
    const root = project(`found-${file}`, { [file]: content });
    const config = await findConfig(root);
    expect(config).toMatchObject({ path: path.join(root, file), dir: root, values: { seed: 7 } });
    expect(Object.keys(config!.values)).toEqual(["seed"]);
    expect(readdirSync(root)).toEqual([file]);
  });

  test("in a folder above, past a package.json without the key", async () => {
    const root = project("above", {
      "dtmm.config.json": '{ "seed": 7 }',
      "lib/package.json": "{}",
      "lib/broken/package.json": "not JSON at all",
    });
    expect((await findConfig(path.join(root, "lib/broken")))?.dir).toBe(root);
  });

  test("or there is none", async () => {
    expect(await findConfig(project("none", { "package.json": '{ "name": "firmware" }' }))).toBeUndefined();
  });
});

describe("an unknown key stops with the nearest one", () => {
  test.each([
    ["keepp", 'Did you mean "keep"?'],
    ["maxAccuracydrop", 'Did you mean "maxAccuracyDrop"?'],
    ["calibration-samples", 'Did you mean "calibrationSamples"?'],
    ["zzzzzzzz", "docs/cli.md lists every key."],
  ])("%s", async (key, hint) => {
    const root = project(`unknown-${key}`, { "dtmm.config.json": JSON.stringify({ [key]: 1 }) });
    const error = await thrownBy(() => findConfig(root));
    expect([error.code, error.exit, error.hint]).toEqual(["UNKNOWN_CONFIG_KEY", 2, hint]);
    expect(error.message).toContain(path.join(root, "dtmm.config.json"));
  });
});

describe("a config file that cannot be used stops the run", () => {
  const contents: [string, string, string][] = [
    ["dtmm.config.json", "{ seed: 7 }", "JSON"],
    ["dtmm.config.json", "", "empty"],
    ["dtmm.config.json", "[1]", "object"],
    ["dtmm.config.json", "null", "object"],
    ["dtmm.config.mjs", "throw new Error('no such board');", "no such board"],
    ["dtmm.config.mjs", "export const seed = 7;", "default export"],
    ["dtmm.config.ts", "export default {", "dtmm.config.ts"],
    ["package.json", '{ "dtmm": 7 }', "object"],
  ];
  test.each(contents.map(([file, content, reason], i) => [i, file, content, reason] as const))(
    "%i: %s %j",
    async (i, file, content, reason) => {
      const error = await thrownBy(() => findConfig(project(`bad-${i}`, { [file]: content })));
      expect(error.code).toBe("CONFIG_UNREADABLE");
      expect(error.message).toContain(reason);
      expect(error.message).not.toContain("\n");
    },
  );
});
