import { describe, expect, test } from "vitest";
import type { LoadedConfig } from "../../lib/options/config.js";
import { normalizeOptions } from "../../lib/options/normalize.js";
import { dietSteps } from "../../lib/pack/diet-steps.js";
import { thrownBy } from "../cli/support/throws.js";

const cwd = "/home/dev/project/sub";
const needed = { model: "m.tflite", calibration: "c.npy" };

function config(values: Record<string, unknown>): LoadedConfig {
  const path = "/home/dev/project/dtmm.config.json";
  return { path, where: path, dir: "/home/dev/project", values };
}

const prune = (given: Record<string, unknown>, from?: LoadedConfig) =>
  normalizeOptions("prune", given, from, cwd);

describe("values", () => {
  test("defaults are filled in, the rest stays away", () => {
    expect(prune(needed)).toEqual({
      root: cwd,
      model: `${cwd}/m.tflite`,
      calibration: `${cwd}/c.npy`,
      calibrationSamples: 1024,
      inputScale: 1,
      inputOffset: 0,
      method: "filterlet",
      finetune: "off",
      diet: [...dietSteps],
      seed: 1,
      maxAccuracyDrop: 1,
      target: "generic",
      arenaTarget: false,
      out: `${cwd}/dtmm-out`,
      patch: false,
      quantiseRange: "percentile",
      equalise: true,
      dropUnused: false,
      resolverHeader: false,
      glue: "none",
      selftest: 0,
      arrayName: "g_model",
      dryRun: false,
      quiet: false,
      resume: true,
      debug: false,
    });
  });

  test("a goal of one's own replaces the default one", () => {
    expect(prune({ ...needed, keep: 0.5 })).not.toHaveProperty("maxAccuracyDrop");
    expect(prune({ ...needed, flash: 1000 })).not.toHaveProperty("maxAccuracyDrop");
    expect(prune({ ...needed, arena: 1000 })).toHaveProperty("maxAccuracyDrop", 1);
  });

  test("a flag wins over the config file, which wins over the default", () => {
    const from = config({ ...needed, seed: 7, target: "cortex-m4", patch: true });
    expect(prune({ target: "cortex-m33", patch: false }, from)).toMatchObject({
      seed: 7,
      target: "cortex-m33",
      patch: false,
      arrayName: "g_model",
    });
  });

  test("paths start at the config file or at the working directory", () => {
    const from = config({
      ...needed,
      out: "src/model",
      json: "-",
      tflm: { dir: "tflm" },
      resolver: "/abs/main.cc",
    });
    expect(
      prune({ eval: "e.npy", report: "../r.html", otherModels: "a.tflite, b.tflite" }, from),
    ).toMatchObject({
      root: "/home/dev/project",
      model: "/home/dev/project/m.tflite",
      out: "/home/dev/project/src/model",
      resolver: ["/abs/main.cc"],
      otherModels: [`${cwd}/a.tflite`, `${cwd}/b.tflite`],
      tflm: { dir: "/home/dev/project/tflm" },
      json: "-",
      eval: `${cwd}/e.npy`,
      report: "/home/dev/project/r.html",
    });
  });

  test("--tflm names a folder or an archive, whose SHA-256 stands in the config file", () => {
    const sha256 = "ab".repeat(32);
    const from = config({ ...needed, tflm: { archive: "old.tar.gz", sha256 } });
    expect(prune({ tflm: "tree" }, from).tflm).toEqual({ dir: `${cwd}/tree` });
    expect(prune({ tflm: "new.tar.gz" }, from).tflm).toEqual({ archive: `${cwd}/new.tar.gz`, sha256 });
    expect(prune({}, from).tflm).toEqual({ archive: "/home/dev/project/old.tar.gz", sha256 });
  });

  test("a scale may be a fraction", () => {
    expect(prune({ ...needed, inputScale: "1/255" }).inputScale).toBe(1 / 255);
  });

  test.each([
    [false, []],
    [true, [...dietSteps]],
    [
      ["buffers", "names"],
      ["names", "buffers"],
    ],
  ])("diet %j", (diet, steps) => {
    expect(prune({ ...needed, diet }).diet).toEqual(steps);
  });

  test("validate takes the config's model as the dense one", () => {
    const from = config({ model: "m.tflite", eval: "e.npy" });
    expect(normalizeOptions("validate", { model: "pruned.tflite" }, from, cwd)).toMatchObject({
      model: `${cwd}/pruned.tflite`,
      against: "/home/dev/project/m.tflite",
      eval: "/home/dev/project/e.npy",
    });
  });

  test("inspect takes the config's model, and nothing that is not its own", () => {
    const options = normalizeOptions("inspect", {}, config({ ...needed, keep: 0.5 }), cwd);
    expect(options).toEqual({
      root: "/home/dev/project",
      model: "/home/dev/project/m.tflite",
      inputScale: 1,
      inputOffset: 0,
      arrayName: "g_model",
      target: "generic",
      arenaTarget: false,
      quiet: false,
      debug: false,
    });
  });
});

describe("init", () => {
  test("has no default for what it finds in the project", () => {
    const options = normalizeOptions("init", {}, undefined, cwd);
    expect(options).toEqual({ root: cwd, dryRun: false, yes: false, quiet: false, debug: false });
  });

  test("takes what is given, as every command does", () => {
    const options = normalizeOptions("init", { target: "cortex-m4", out: "x" }, undefined, cwd);
    expect(options).toMatchObject({ target: "cortex-m4", out: `${cwd}/x` });
  });
});

describe("wrong values stop with what was expected and where it stood", () => {
  const wrong: [string, unknown][] = [
    ["keep", 0],
    ["keep", 1.01],
    ["keep", "half"],
    ["keep", Number.NaN],
    ["maxAccuracyDrop", -1],
    ["flash", 1.5],
    ["flash", "60k"],
    ["arena", 0],
    ["seed", -1],
    ["seed", 2 ** 32],
    ["calibrationSamples", 0],
    ["inputScale", 0],
    ["inputScale", "1/0"],
    ["inputOffset", Number.POSITIVE_INFINITY],
    ["arrayName", "9lives"],
    ["arrayName", "a;b"],
    ["labels", ["a.npy", "b.npy"]],
    ["eval", { file: "e.npy" }],
    ["model", ""],
    ["diet", ["names", "sugar"]],
    ["patch", "yes"],
    ["tflm", {}],
    ["tflm", { dir: "a", archive: "b" }],
    ["tflm", { dir: "a", sha256: "ab".repeat(32) }],
    ["tflm", { archive: "a.tar.gz", sha256: "abc" }],
    ["tflm", { dir: "a", url: "b" }],
  ];
  test.each(wrong)("%s: %j", async (key, value) => {
    const error = await thrownBy(() => prune({ ...needed, [key]: value }));
    expect(error.code).toBe("OPTION_VALUE");
    expect(error.exit).toBe(2);
    const inConfig = await thrownBy(() => prune({}, config({ ...needed, [key]: value })));
    expect(inConfig.message).toContain(`"${key}" in /home/dev/project/dtmm.config.json expects`);
  });

  test("the caller's way of naming it", async () => {
    const flags = await thrownBy(() => prune({ ...needed, keep: 2 }));
    expect(flags.message).toBe("--keep expects a number above 0 and up to 1, not 2");
    const call = await thrownBy(() =>
      normalizeOptions("prune", { ...needed, keep: 2 }, undefined, cwd, "library"),
    );
    expect(call.message).toMatch(/^option keep expects/);
  });

  test("a choice with a typing error gets the nearest one", async () => {
    expect((await thrownBy(() => prune({ ...needed, target: "cortex-m4f" }))).hint).toContain("cortex-m4?");
  });

  test("a value of another command's key is checked as well", async () => {
    const error = await thrownBy(() => normalizeOptions("inspect", { model: "m" }, config({ keep: 2 }), cwd));
    expect(error.code).toBe("OPTION_VALUE");
  });
});

describe("what belongs together", () => {
  const missing = (command: "prune" | "validate", given: Record<string, unknown>) =>
    thrownBy(() => normalizeOptions(command, given, undefined, cwd));

  test.each([
    ["prune", {}, "--model <file>"],
    ["prune", { model: "m" }, "--calibration"],
    ["prune", { ...needed, labels: "l.npy" }, "inputs that the labels belong to"],
    ["validate", { against: "d", eval: "e" }, "MODEL"],
    ["validate", { model: "m", eval: "e" }, "--against"],
    ["validate", { model: "m", against: "d" }, "inputs to run"],
  ] as const)("%s %j", async (command, given, what) => {
    const error = await missing(command, given);
    expect(error.code).toBe("OPTION_MISSING");
    expect(error.message).toContain(what);
  });

  test("patch does one thing at a time", async () => {
    const both = { undo: true, check: true };
    const error = await thrownBy(() => normalizeOptions("patch", both, undefined, cwd));
    expect(error.code).toBe("OPTION_CONFLICT");
    expect(normalizeOptions("patch", { check: true }, undefined, cwd).check).toBe(true);
  });

  test("an unknown key of a caller stops", async () => {
    const error = await thrownBy(() => prune({ ...needed, kepp: 0.5 }));
    expect([error.code, error.hint]).toEqual(["UNKNOWN_CONFIG_KEY", 'Did you mean "keep"?']);
  });
});

describe("groups of settings", () => {
  const csv = (value: unknown) => prune({ ...needed, csv: value }).csv;

  test("get their defaults", () => {
    expect(csv({ label: 0 })).toEqual({ label: 0, delimiter: "," });
  });

  test("an unknown key stops with the nearest one", async () => {
    const error = await thrownBy(() => csv({ lable: 0 }));
    expect([error.code, error.hint]).toEqual(["UNKNOWN_CONFIG_KEY", 'Did you mean "label"?']);
  });

  test.each([
    [{ header: "yes" }, 'header of --csv expects boolean, not "yes"'],
    [{ columns: ["a", -1] }, "columns.1 of --csv expects number to be >=0, not -1"],
    ["label", "--csv expects settings such as label=class"],
  ])("%j", async (value, message) => {
    const error = await thrownBy(() => csv(value));
    expect(error.code).toBe("OPTION_VALUE");
    expect(error.message).toContain(message);
  });
});

test.each([
  ["image", { mean: "a" }, "mean of --image expects a number, or a list of one for each channel"],
  ["image", { std: [1, 0, 1] }, "std of --image expects numbers other than 0"],
  ["image", { size: 5 }, "size of --image expects [height, width], not 5"],
  ["audio", { melBins: 40 }, "features of --audio expects settings such as features=mfcc"],
  ["audio", { features: "mfcc", log: "dB" }, 'log of --audio expects one of "ln"|"log10"|"db"'],
])("%s: %j", async (key, value, message) => {
  const error = await thrownBy(() => prune({ ...needed, [key]: value }));
  expect(error.code).toBe("OPTION_VALUE");
  expect(error.message).toContain(message);
});

test("the nearest setting is found among those of all features", async () => {
  const error = await thrownBy(() => prune({ ...needed, audio: { features: "mfcc", melbins: 40 } }));
  expect([error.code, error.hint]).toEqual(["UNKNOWN_CONFIG_KEY", 'Did you mean "melBins"?']);
});

test("labels may be off, without evaluation inputs as well", () => {
  expect(prune({ ...needed, labels: "off" }).labels).toBe("off");
});
