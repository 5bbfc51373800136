import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { type EnsureAddonOptions, ensureAddon } from "../../lib/native/build.js";
import { sanitizerEnvironment } from "../../lib/native/compiler.js";
import { packageRoot } from "../../lib/native/paths.js";
import { temporaryFolder, writeFiles } from "../tflm/fake-tree.js";
import { miniText, writeMiniPackage, writeMiniTree } from "./mini-package.js";

let folder: string;
let cacheDir: string;
let options: EnsureAddonOptions;

beforeEach(() => {
  folder = temporaryFolder();
  cacheDir = join(folder, "cache");
  writeMiniPackage(join(folder, "package"));
  // node-addon-api is resolved from here, as it is in an installed package.
  symlinkSync(join(packageRoot, "node_modules"), join(folder, "package/node_modules"));
  options = { tflm: writeMiniTree(join(folder, "tree")), packageRoot: join(folder, "package"), cacheDir };
});

function load(addon: string): string {
  const script = "process.stdout.write(require(process.argv[1]).text)";
  const env = { ...process.env, ...sanitizerEnvironment() };
  return execFileSync(process.execPath, ["-e", script, addon], { encoding: "utf8", env });
}

/** What the cache holds besides logs; an unfinished build would show here. */
function cached(): string[] {
  const list = (name: string) => (existsSync(join(cacheDir, name)) ? readdirSync(join(cacheDir, name)) : []);
  return ["addon", "tflm", "staging"].flatMap((name) => list(name).map(() => name));
}

describe("ensureAddon", () => {
  test("builds once for two that ask at once, and never again until something changes", async () => {
    const steps = new Set<string>();
    const fractions: number[] = [];
    const progress = (step: string, fraction = 0) => {
      steps.add(step);
      fractions.push(fraction);
    };
    const [first, second] = await Promise.all([
      ensureAddon({ ...options, progress }),
      ensureAddon({ ...options, progress }),
    ]);
    expect(second).toBe(first);
    expect(load(first)).toBe(miniText);
    expect(steps).toEqual(
      new Set(["Building TFLM (mini tree)", "Waiting for another dtmm that builds the same addon"]),
    );
    expect(fractions.at(-1)).toBe(1);
    expect(cached()).toEqual(["addon", "tflm"]);

    steps.clear();
    expect(await ensureAddon({ ...options, progress })).toBe(first);
    expect(steps.size).toBe(0);

    // A change of ours links the tree's archive as it is.
    writeFiles(folder, {
      "package/tflm-kernels/mini.c":
        "int dtmm_mini_kernel(void);\nint dtmm_mini_kernel(void) { return 43; }\n",
    });
    const third = await ensureAddon({ ...options, progress });
    expect(load(third)).toBe(miniText.replace("42", "43"));
    expect(steps).toEqual(new Set(["Building the addon"]));
    expect(cached()).toEqual(["addon", "addon", "tflm"]);
  }, 180_000);

  test("a tree that does not compile is an error with the compiler's words, and nothing stays but the log", async () => {
    writeFiles(folder, {
      "tree/tensorflow/lite/micro/kernels/abs.cc": "int Register_ABS() { return nonsense; }\n",
    });
    const failure = await ensureAddon(options).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "NATIVE_BUILD_FAILED",
      message: expect.stringMatching(/abs\.cc.*nonsense/),
    });
    const [, log] = /output is in (\S+)\./.exec((failure as { hint: string }).hint) ?? [];
    expect(readFileSync(log ?? "", "utf8")).toContain("nonsense");
    expect(cached()).toEqual([]);
  }, 180_000);

  test("a symbol that the tree lacks is named, and nothing stays", async () => {
    writeFiles(folder, {
      "tree/tensorflow/lite/micro/kernels/abs.cc":
        "int DetectionPostprocess(); int Register_ABS() { return DetectionPostprocess(); }\n",
      "package/native/uses_abs.cc": "int Register_ABS();\nint dtmm_used = Register_ABS();\n",
    });
    await expect(ensureAddon(options)).rejects.toMatchObject({
      code: "NATIVE_LOAD_FAILED",
      message: expect.stringContaining("DetectionPostprocess"),
    });
    expect(cached()).toEqual([]);
  }, 180_000);

  test("an abort in the middle leaves nothing", async () => {
    const controller = new AbortController();
    const progress = (_: string, fraction = 0) => {
      if (fraction > 0) controller.abort(new Error("stopped by the test"));
    };
    await expect(ensureAddon({ ...options, progress, signal: controller.signal })).rejects.toThrow(
      "stopped by the test",
    );
    expect(cached()).toEqual([]);
  }, 180_000);
});
