import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { dtmm } from "./support/dtmm.js";
import { tempFolder, writeFiles } from "./support/temp-folder.js";

const folder = tempFolder();
writeFiles(folder, {
  "bad-key/dtmm.config.json": '{ "kepp": 0.5 }',
  "crash/dtmm.config.mjs": "setTimeout(() => { throw new TypeError('lost'); }); await new Promise(() => {});",
  "text.tflite": "this is no model",
});

describe("help and version are results", () => {
  test.each([
    [["--help"], "Usage: dtmm [options] [command]"],
    [["prune", "--help"], "--max-accuracy-drop <points>"],
    [["--version"], /^\d+\.\d+\.\d+\n$/],
  ])("%j", async (words, text) => {
    const { code, stdout, stderr } = await dtmm(words, folder);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(text);
  });

  test("no command at all gets the help, as an error", async () => {
    const { code, stdout, stderr } = await dtmm([], folder);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("Usage: dtmm");
  });
});

describe("bad usage is exit 2, one error, no stack", () => {
  test.each([
    [["prun"], "UNKNOWN_COMMAND", "Did you mean prune?"],
    [["prune", "--kep", "0.5"], "UNKNOWN_FLAG", "Did you mean --keep?"],
    [["prune", "--maxaccuracy-drop=2"], "UNKNOWN_FLAG", "Did you mean --max-accuracy-drop?"],
    [["--verbose"], "UNKNOWN_FLAG", "See `dtmm --help`."],
    [["prune", "--keep"], "USAGE", "See `dtmm prune --help`."],
    [["inspect", "a", "b"], "USAGE", "See `dtmm inspect --help`."],
    [["prune", "--keep", "--quiet"], "OPTION_VALUE", "Correct the value."],
    [["prune", "--keep", "0"], "OPTION_VALUE", "Correct the value."],
    [["prune", "--method", "chipp"], "OPTION_VALUE", "Did you mean chip?"],
    [
      ["prune", "--model", "m.tflite"],
      "OPTION_MISSING",
      'Give --calibration <data>, or the key "calibration"',
    ],
    [["patch", "--check", "--undo"], "OPTION_CONFLICT", "Give one of the two."],
    [["inspect", "none.tflite"], "MODEL_UNREADABLE", "Check the path"],
    [
      ["inspect", "m", "--json", "text.tflite/x.json"],
      "RESULT_UNWRITABLE",
      "Give --json and --report a place",
    ],
    [["inspect", "m", "--json", "."], "RESULT_UNWRITABLE", "Give --json and --report a place"],
  ])("%j", async (words, errorCode, hint) => {
    const { code, stdout, stderr } = await dtmm(words, folder);
    expect([code, stdout]).toEqual([2, ""]);
    const [first, second, third, ...rest] = stderr.split("\n");
    expect(first).toMatch(new RegExp(`^dtmm: error ${errorCode}: .`));
    expect(second).toContain(`  hint: ${hint}`);
    expect([third, ...rest]).toEqual([`  see docs/errors.md#${errorCode.toLowerCase()}`, ""]);
  });

  test("a config file with an unknown key", async () => {
    const { code, stderr } = await dtmm(["inspect", "m.tflite"], path.join(folder, "bad-key"));
    expect(code).toBe(2);
    expect(stderr).toContain('Did you mean "keep"?');
  });
});

describe("with --json - an error is JSON on stdout", () => {
  test.each([
    [["prune", "--json", "-", "--kep", "1"], "UNKNOWN_FLAG"],
    [["inspect", "none.tflite", "--json=-"], "MODEL_UNREADABLE"],
    [["inspect", "text.tflite", "--json", "-", "--quiet"], /^MODEL_/],
  ])("%j", async (words, errorCode) => {
    const { code, stdout, stderr } = await dtmm(words, folder);
    expect(code).toBe(2);
    const { schemaVersion, error } = JSON.parse(stdout);
    expect(schemaVersion).toBe(1);
    expect(error.code).toMatch(errorCode);
    expect(Object.keys(error)).toEqual(["code", "message", "hint", "docs"]);
    expect(stderr).toContain(`dtmm: error ${error.code}: ${error.message}`);
  });
});

describe("what nobody foresaw is exit 4", () => {
  test("told without a stack", async () => {
    const { code, stderr } = await dtmm(["inspect", "m"], path.join(folder, "crash"));
    expect(code).toBe(4);
    expect(stderr).toMatch(
      /^dtmm: error INTERNAL: internal error: TypeError: lost\n {2}hint: .*\n {2}see .*\n$/,
    );
  });

  test("and with --debug, with it", async () => {
    const { code, stderr } = await dtmm(["inspect", "m", "--debug"], path.join(folder, "crash"));
    expect(code).toBe(4);
    expect(stderr).toContain("dtmm.config.mjs:1");
  });
});

test("nothing of all this left a file behind", () => {
  expect(readdirSync(folder).sort()).toEqual(["bad-key", "crash", "text.tflite"]);
});
