import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as tar from "tar";
import { describe, expect, test } from "vitest";
import { locateTflm } from "../../lib/tflm/locate.js";
import { temporaryFolder, writeFiles, writeTree } from "./fake-tree.js";

function sha256(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

/** An archive of `folder`'s top entry "tflm". */
function archiveOf(folder: string): string {
  const path = join(folder, "tflm.tar.gz");
  tar.c({ sync: true, gzip: true, file: path, cwd: folder }, ["tflm"]);
  return path;
}

/** An archive with one entry whose header was made to say something else. */
function forgedArchive(
  folder: string,
  header: { path?: string; linkpath?: string; type?: "SymbolicLink" | "Link" },
) {
  const entry = new tar.Header({ path: "tflm/file", mode: 0o644, size: 0, type: "File", ...header });
  const block = Buffer.alloc(512);
  entry.encode(block);
  const path = join(folder, "forged.tar.gz");
  writeFileSync(path, gzipSync(Buffer.concat([block, Buffer.alloc(1024)])));
  return path;
}

function setUp() {
  const folder = temporaryFolder();
  const env = { DTMM_CACHE_DIR: join(folder, "cache") };
  return { folder, env };
}

describe("a TFLM archive", () => {
  test("is unpacked into the cache once, with its folders", async () => {
    const { folder, env } = setUp();
    writeTree(join(folder, "tflm/src"));
    const archive = archiveOf(folder);
    const digest = sha256(archive);
    const tree = await locateTflm({ archive, sha256: digest.toUpperCase(), env });
    expect(tree).toMatchObject({
      kind: "archive",
      root: join(env.DTMM_CACHE_DIR, "archives", digest, "tflm/src"),
    });

    const marker = join(tree.root, "kept");
    writeFileSync(marker, "");
    await locateTflm({ archive, sha256: digest, env });
    expect(existsSync(marker)).toBe(true);
    expect(readdirSync(join(env.DTMM_CACHE_DIR, "archives"))).toEqual([digest]);
  });

  test("given as --tflm without a checksum is refused with the checksum to write down", async () => {
    const { folder, env } = setUp();
    writeTree(join(folder, "tflm"));
    const archive = archiveOf(folder);
    await expect(locateTflm({ dir: archive, env })).rejects.toMatchObject({
      code: "TFLM_ARCHIVE_UNPINNED",
      hint: expect.stringContaining(sha256(archive)),
    });
  });

  test("with another checksum is not unpacked", async () => {
    const { folder, env } = setUp();
    writeTree(join(folder, "tflm"));
    const archive = archiveOf(folder);
    await expect(locateTflm({ archive, sha256: "0".repeat(64), env })).rejects.toMatchObject({
      code: "TFLM_ARCHIVE_CHECKSUM",
      exit: 2,
    });
    expect(existsSync(env.DTMM_CACHE_DIR)).toBe(false);
  });

  test("that is missing, truncated or no archive is an error and leaves nothing", async () => {
    const { folder, env } = setUp();
    await expect(locateTflm({ archive: join(folder, "none.tar.gz"), env })).rejects.toMatchObject({
      code: "TFLM_ARCHIVE_UNREADABLE",
    });
    writeTree(join(folder, "tflm"));
    const archive = archiveOf(folder);
    for (const bytes of [
      readFileSync(archive).subarray(0, 90),
      Buffer.from("not an archive, by any means"),
    ]) {
      writeFileSync(archive, bytes);
      await expect(locateTflm({ archive, sha256: sha256(archive), env })).rejects.toMatchObject({
        code: "TFLM_ARCHIVE_UNREADABLE",
        exit: 2,
      });
    }
    expect(existsSync(join(env.DTMM_CACHE_DIR, "archives"))).toBe(false);
  });

  test.each([
    ["a path above the archive", { path: "../outside" }, "its path leaves the archive"],
    ["a path that climbs out later", { path: "tflm/../../outside" }, "its path leaves the archive"],
    ["an absolute path", { path: "/outside" }, "its path leaves the archive"],
    [
      "a symbolic link out",
      { type: "SymbolicLink", linkpath: "../../outside" },
      "it links out of the archive",
    ],
    [
      "an absolute symbolic link",
      { type: "SymbolicLink", linkpath: "/outside" },
      "it links out of the archive",
    ],
    ["a hard link out", { type: "Link", linkpath: "../outside" }, "it links out of the archive"],
  ] as const)("with %s is refused whole", async (_, header, reason) => {
    const { folder, env } = setUp();
    const archive = forgedArchive(folder, header);
    await expect(locateTflm({ archive, sha256: sha256(archive), env })).rejects.toMatchObject({
      code: "TFLM_ARCHIVE_UNSAFE",
      message: expect.stringContaining(reason),
    });
    expect(existsSync(join(env.DTMM_CACHE_DIR, "archives"))).toBe(false);
  });

  test("loses links that stay inside, and nothing else", async () => {
    const { folder, env } = setUp();
    writeTree(join(folder, "tflm"));
    writeFiles(join(folder, "tflm"), { "docs/readme.md": "text" });
    symlinkSync("docs/readme.md", join(folder, "tflm/README.md"));
    const archive = archiveOf(folder);
    rmSync(join(folder, "tflm"), { recursive: true });
    const { root } = await locateTflm({ archive, sha256: sha256(archive), env });
    expect(readFileSync(join(root, "docs/readme.md"), "utf8")).toBe("text");
    expect(lstatSync(join(root, "README.md"), { throwIfNoEntry: false })).toBeUndefined();
  });
});
