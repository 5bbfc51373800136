import { rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { type CacheKeys, cacheKeys } from "../../lib/native/cache-key.js";
import type { Toolchain } from "../../lib/native/compiler.js";
import type { TflmTree } from "../../lib/tflm/locate.js";
import { temporaryFolder, writeFiles, writeTree } from "../tflm/fake-tree.js";

const toolchain: Toolchain = {
  cc: { command: ["/usr/bin/cc"], version: "cc 12" },
  cxx: { command: ["/usr/bin/c++"], version: "c++ 12" },
  eigen: "/usr/include/eigen3",
  flags: { c: "", cxx: "", link: "" },
  sanitize: "",
  cpu: "flags: avx2",
};

let folder: string;
let tree: TflmTree;
let keys: () => CacheKeys;
let before: CacheKeys;

beforeEach(() => {
  folder = temporaryFolder();
  const root = join(folder, "tree");
  writeTree(root);
  writeFiles(join(folder, "package"), {
    "cmake/CMakeLists.txt": "project(x)",
    "native/addon.cc": "int a;",
    "tflm-kernels/kernel.c": "int k;",
    "docs/readme.md": "text",
  });
  tree = { root, includeDirs: [join(root, "third_party/gemmlowp")], label: "tree", kind: "dir" };
  keys = () => cacheKeys(join(folder, "package"), tree, toolchain);
  before = keys();
});

/** Which of the two keys differ from the ones before. */
function changed(after: CacheKeys): string {
  return Object.entries(after)
    .filter(([name, key]) => key !== before[name as keyof CacheKeys])
    .map(([name]) => name)
    .join(" ");
}

describe("a changed file", () => {
  test.each([
    ["package/native/addon.cc", "int b;", "addon"],
    ["package/tflm-kernels/kernel.c", "int l;", "addon"],
    ["package/native/new.cc", "", "addon"],
    ["package/cmake/CMakeLists.txt", "project(y)", "tflm addon"],
    ["tree/tensorflow/lite/micro/micro_interpreter.h", "// longer than before\n", "tflm addon"],
    ["tree/tensorflow/lite/micro/kernels/conv.cc", "", "tflm addon"],
    ["tree/third_party/gemmlowp/fixedpoint/fixedpoint.h", "// another gemmlowp\n", "tflm addon"],
    ["package/docs/readme.md", "other text", ""],
    ["tree/README.md", "text", ""],
    ["tree/tensorflow/lite/micro/BUILD", "bazel", ""],
  ])("%s", (path, content, expected) => {
    writeFiles(folder, { [path]: content });
    expect(changed(keys())).toBe(expected);
  });
});

test("nothing changed, nothing changes; not even with new dates on our own files", () => {
  expect(changed(keys())).toBe("");
  utimesSync(join(folder, "package/native/addon.cc"), 1, 1);
  expect(changed(keys())).toBe("");
});

test("a new date on a file of the tree, and a file that is gone, count", () => {
  utimesSync(join(tree.root, "tensorflow/lite/micro/micro_interpreter.h"), 1, 1);
  expect(changed(keys())).toBe("tflm addon");
  before = keys();
  rmSync(join(folder, "package/native/addon.cc"));
  expect(changed(keys())).toBe("addon");
});

test("content that moves from one file into the next is a change", () => {
  writeFiles(folder, { "package/native/addon.cc": "int a;int b;", "package/native/b.cc": "" });
  before = keys();
  writeFiles(folder, { "package/native/addon.cc": "int a;", "package/native/b.cc": "int b;" });
  expect(changed(keys())).toBe("addon");
});

test.each<[string, Partial<Toolchain>]>([
  ["another compiler", { cxx: { command: ["/opt/c++"], version: "c++ 12" } }],
  ["another compiler version at the same place", { cc: { command: ["/usr/bin/cc"], version: "cc 13" } }],
  ["compiler arguments", { cxx: { command: ["/usr/bin/c++", "-m32"], version: "c++ 12" } }],
  ["flags", { flags: { c: "", cxx: "-O1", link: "" } }],
  ["sanitizers", { sanitize: "address" }],
  ["another CPU", { cpu: "flags: avx512" }],
])("%s count for both", (_, difference) => {
  expect(changed(cacheKeys(join(folder, "package"), tree, { ...toolchain, ...difference }))).toBe(
    "tflm addon",
  );
});
