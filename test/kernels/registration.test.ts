import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { available, type Build, kernelDir, manifest, skipNote } from "./support/compile.js";

/** Include root of the TFLM tree at hand: TFLM_DIR, or the default crate if cargo has fetched it. */
function findTree(): string | undefined {
  const registry = join(process.env.CARGO_HOME ?? join(homedir(), ".cargo"), "registry", "src");
  const crates = existsSync(registry) ? readdirSync(registry).map((index) => join(registry, index)) : [];
  const roots = [
    ...(process.env.TFLM_DIR ? [process.env.TFLM_DIR] : []),
    ...crates.map((index) => join(index, "tfmicro-0.1.0", "submodules", "tensorflow")),
  ];
  return roots.find((root) => existsSync(join(root, "tensorflow/lite/micro/micro_op_resolver.h")));
}

const tree = findTree();

/** -isystem arguments: warnings count in our files, not in those of the tree. */
function includes(root: string): string[] {
  const thirdParty = ["tensorflow/lite/micro/tools/make/downloads", "third_party", "../third_party"]
    .map((folder) => join(root, folder))
    .flatMap((folder) => [
      join(folder, "flatbuffers/include"),
      join(folder, "gemmlowp"),
      join(folder, "ruy"),
    ]);
  return [root, ...thirdParty.filter((folder) => existsSync(folder))].flatMap((folder) => [
    "-isystem",
    folder,
  ]);
}

const flags = [
  "-Wall",
  "-Wextra",
  "-Werror",
  "-pedantic",
  "-fno-rtti",
  "-fno-exceptions",
  "-DTF_LITE_STATIC_MEMORY",
];
const builds: Build[] = [
  { name: "g++, C++11", compiler: "g++", flags: ["-std=c++11", ...flags, "-fsyntax-only"] },
  { name: "clang++, C++17", compiler: "clang++", flags: ["-std=c++17", ...flags, "-fsyntax-only"] },
];

const sources = Object.values(manifest.ops)
  .flatMap((op) => op.sources)
  .filter((name) => name.endsWith(".cc"))
  .map((name) => join(kernelDir, name));

function compiles(build: Build, extra: string[]): void {
  execFileSync(build.compiler, [...build.flags, ...extra, ...includes(tree!), ...sources], { stdio: "pipe" });
}

const noTree = tree === undefined ? " (skipped: no TFLM tree; set TFLM_DIR or fetch the default crate)" : "";

describe.skipIf(tree === undefined)(`the TFLM registrations${noTree}`, () => {
  for (const build of builds) {
    test.skipIf(!available(build))(
      `compiles without a warning: ${build.name}${skipNote(build)}`,
      () => expect(() => compiles(build, [])).not.toThrow(),
      60_000,
    );
  }

  const build = builds[0]!;
  test.skipIf(!available(build))(
    `compiles without error strings, and in a tree of another namespace${skipNote(build)}`,
    () => {
      const extra = ["-DTF_LITE_STRIP_ERROR_STRINGS", "-Dtflite=tflite_micro"];
      expect(() => compiles(build, extra)).not.toThrow();
    },
    60_000,
  );
});
