import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { locateTflm } from "../../lib/tflm/locate.js";
import { findTreeRoot } from "../../lib/tflm/search.js";
import { temporaryFolder, writeFiles, writeTree } from "./fake-tree.js";

const downloads = "tensorflow/lite/micro/tools/make/downloads";

describe("a TFLM folder", () => {
  test.each([
    ".",
    "src",
    "submodules/tensorflow",
    "third_party/tflite-micro",
    "components/esp-tflite-micro",
    "lib/tflm/src",
    "archive-top/lib/tflm/src",
  ])("is found in %s", async (layout) => {
    const dir = temporaryFolder();
    const root = join(dir, layout);
    writeTree(root);
    const tree = await locateTflm({ dir });
    expect(tree).toMatchObject({ root, label: dir, kind: "dir" });
  });

  test("the nearest of two trees counts", () => {
    const dir = temporaryFolder();
    writeTree(join(dir, "a", "deep", "copy"));
    writeTree(join(dir, "src"));
    expect(findTreeRoot(dir)).toBe(join(dir, "src"));
  });

  test("five levels down is too deep, and so is node_modules", () => {
    const dir = temporaryFolder();
    writeTree(join(dir, "a/b/c/d/e"));
    writeTree(join(dir, "node_modules/tflm"));
    expect(findTreeRoot(dir)).toBeUndefined();
  });

  test("TFLM_DIR stands in for the option, and the option wins over it", async () => {
    const [mine, theirs] = [temporaryFolder(), temporaryFolder()];
    writeTree(mine);
    writeTree(theirs);
    const env = { TFLM_DIR: theirs };
    expect((await locateTflm({ env })).root).toBe(theirs);
    expect((await locateTflm({ dir: mine, env })).root).toBe(mine);
  });

  test("errors name the folder and where it came from", async () => {
    const empty = temporaryFolder();
    await expect(locateTflm({ dir: empty })).rejects.toMatchObject({
      code: "TFLM_DIR_INVALID",
      exit: 2,
      message: expect.stringMatching(/from --tflm.*micro_interpreter\.h/),
    });
    const missing = join(empty, "missing");
    await expect(locateTflm({ env: { TFLM_DIR: missing } })).rejects.toMatchObject({
      code: "TFLM_DIR_INVALID",
      message: `${missing} (from TFLM_DIR) is no TFLM tree: it does not exist`,
    });
    writeFiles(empty, { "tree.zip": "" });
    await expect(locateTflm({ dir: join(empty, "tree.zip") })).rejects.toMatchObject({
      code: "TFLM_DIR_INVALID",
      message: expect.stringContaining("neither a folder nor a .tar.gz"),
    });
  });
});

describe("third-party headers", () => {
  test("are found where the tree's Makefile downloads them", async () => {
    const root = temporaryFolder();
    writeTree(root, downloads);
    writeFiles(root, { [`${downloads}/ruy/ruy/profiler/instrumentation.h`]: "" });
    expect((await locateTflm({ dir: root })).includeDirs).toEqual([
      join(root, downloads, "flatbuffers/include"),
      join(root, downloads, "gemmlowp"),
      join(root, downloads, "ruy"),
    ]);
  });

  test("are found beside an include root that is a folder of the repository", async () => {
    const dir = temporaryFolder();
    writeTree(join(dir, "src"), "../third_party");
    expect((await locateTflm({ dir })).includeDirs).toEqual([
      join(dir, "third_party/flatbuffers/include"),
      join(dir, "third_party/gemmlowp"),
    ]);
  });

  test("that are missing are named, with the places", async () => {
    const dir = temporaryFolder();
    writeTree(dir);
    rmSync(join(dir, "third_party/gemmlowp"), { recursive: true });
    mkdirSync(join(dir, "third_party/gemmlowp"));
    await expect(locateTflm({ dir })).rejects.toMatchObject({
      code: "TFLM_HEADERS_MISSING",
      exit: 2,
      message: expect.stringMatching(/lacks gemmlowp \(fixedpoint\/fixedpoint\.h\); looked in .*third_party/),
    });
  });
});
