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

  test("that are missing are named, with the places, and the Makefile that brings them", async () => {
    const dir = temporaryFolder();
    writeTree(dir);
    rmSync(join(dir, "third_party/gemmlowp"), { recursive: true });
    mkdirSync(join(dir, "third_party/gemmlowp"));
    const missing = {
      code: "TFLM_HEADERS_MISSING",
      exit: 2,
      message: expect.stringMatching(/lacks gemmlowp \(fixedpoint\/fixedpoint\.h\); looked in .*third_party/),
    };
    await expect(locateTflm({ dir })).rejects.toMatchObject({
      ...missing,
      hint: expect.stringMatching(/^Name a folder .* --tflm-third-party/),
    });
    const makefile = "tensorflow/lite/micro/tools/make/Makefile";
    writeFiles(dir, { [makefile]: "" });
    await expect(locateTflm({ dir })).rejects.toMatchObject({
      ...missing,
      hint: expect.stringContaining(`make -f ${makefile} third_party_downloads`),
    });
  });

  test("ruy is missing only where the tree includes it", async () => {
    const dir = temporaryFolder();
    writeTree(dir);
    expect((await locateTflm({ dir })).includeDirs).toHaveLength(2);
    const add = "tensorflow/lite/kernels/internal/reference/add.h";
    writeFiles(dir, { [add]: '#include "ruy/profiler/instrumentation.h"\n' });
    await expect(locateTflm({ dir })).rejects.toMatchObject({
      code: "TFLM_HEADERS_MISSING",
      message: expect.stringContaining("lacks ruy"),
    });
  });

  const flatbuffers = (folder: string, version: string) => {
    const [major, minor, revision] = version.split(".");
    const defines = [`MAJOR ${major}`, `MINOR ${minor}`, `REVISION ${revision}`];
    writeFiles(folder, {
      "flatbuffers/include/flatbuffers/flatbuffers.h": "",
      "flatbuffers/include/flatbuffers/base.h": defines
        .map((line) => `#define FLATBUFFERS_VERSION_${line}\n`)
        .join(""),
    });
  };

  test("flatbuffers counts only in the version that the tree's schema insists on", async () => {
    const [dir, other] = [temporaryFolder(), temporaryFolder()];
    writeTree(dir);
    flatbuffers(join(dir, "third_party"), "23.5.26");
    writeFiles(dir, {
      "tensorflow/lite/schema/schema_generated.h": `static_assert(FLATBUFFERS_VERSION_MAJOR == 25 &&
              FLATBUFFERS_VERSION_MINOR == 9 &&
              FLATBUFFERS_VERSION_REVISION == 23,
             "Non-compatible flatbuffers version included");`,
    });
    const own = join(dir, "third_party/flatbuffers/include");
    await expect(locateTflm({ dir })).rejects.toMatchObject({
      code: "TFLM_HEADERS_MISSING",
      message: expect.stringContaining(
        `lacks flatbuffers 25.9.23 (flatbuffers/flatbuffers.h; ${own} has 23.5.26)`,
      ),
    });
    flatbuffers(other, "25.9.23");
    const expected = [join(other, "flatbuffers/include"), join(dir, "third_party/gemmlowp")];
    expect((await locateTflm({ dir, thirdParty: other })).includeDirs).toEqual(expected);
    const env = { TFLM_THIRD_PARTY_DIR: other };
    expect((await locateTflm({ dir, env })).includeDirs).toEqual(expected);
  });

  test("a third-party folder that is not there is an error that says who named it", async () => {
    const dir = temporaryFolder();
    writeTree(dir);
    const thirdParty = join(dir, "nowhere");
    await expect(locateTflm({ dir, thirdParty })).rejects.toMatchObject({
      code: "TFLM_THIRD_PARTY_INVALID",
      message: `${thirdParty} (from --tflm-third-party) is no folder`,
    });
    await expect(locateTflm({ dir, env: { TFLM_THIRD_PARTY_DIR: thirdParty } })).rejects.toMatchObject({
      message: expect.stringContaining("from TFLM_THIRD_PARTY_DIR"),
    });
  });
});

describe("a tree that cannot be compiled for the host", () => {
  test("has no interpreter, or another namespace", async () => {
    const dir = temporaryFolder();
    writeTree(dir);
    const interpreter = "tensorflow/lite/micro/micro_interpreter";
    writeFiles(dir, { [`${interpreter}.h`]: "#include <x>\n\nnamespace tflite_micro {\n" });
    await expect(locateTflm({ dir })).rejects.toMatchObject({
      code: "TFLM_TREE_UNSUITABLE",
      exit: 2,
      message: expect.stringContaining("namespace tflite_micro"),
    });
    rmSync(join(dir, `${interpreter}.cc`));
    await expect(locateTflm({ dir })).rejects.toMatchObject({
      code: "TFLM_TREE_UNSUITABLE",
      message: expect.stringContaining("no sources of the interpreter"),
    });
    writeFiles(dir, { [`${interpreter}.h`]: "namespace tflite {\n", [`${interpreter}.cpp`]: "" });
    expect((await locateTflm({ dir })).root).toBe(dir);
  });
});
