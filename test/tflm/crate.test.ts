import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { locateTflm } from "../../lib/tflm/locate.js";
import { temporaryFolder, writeFiles, writeTree } from "./fake-tree.js";

/** A PATH whose only program is a `cargo` that appends its arguments to `calls` and then runs `script`. */
function fakeCargo(folder: string, script: string) {
  const cargo = join(folder, "bin", "cargo");
  writeFiles(folder, { "bin/cargo": `#!/bin/sh\necho "$@" >> ${folder}/calls\n${script}\n` });
  chmodSync(cargo, 0o755);
  return { PATH: join(folder, "bin"), DTMM_CACHE_DIR: join(folder, "cache") };
}

function metadata(manifest: string): string {
  return JSON.stringify({ packages: [{ name: "tfmicro", version: "0.1.0", manifest_path: manifest }] });
}

test("the default tree is the crate that cargo names, and cargo is asked once", async () => {
  const folder = temporaryFolder();
  const root = join(folder, "registry/tfmicro-0.1.0/submodules/tensorflow");
  writeTree(root);
  const env = fakeCargo(folder, `echo '${metadata(join(folder, "registry/tfmicro-0.1.0/Cargo.toml"))}'`);
  const steps: string[] = [];
  const first = await locateTflm({ env }, (step) => steps.push(step));
  const second = await locateTflm({ env });
  expect(first).toMatchObject({ root, kind: "crate", label: "crate tfmicro 0.1.0" });
  expect(second).toEqual(first);
  expect(steps).toEqual(["Fetching TFLM (crate tfmicro 0.1.0) with cargo"]);
  const manifest = join(env.DTMM_CACHE_DIR, "crate-tfmicro-0.1.0/Cargo.toml");
  expect(readFileSync(join(folder, "calls"), "utf8")).toBe(
    `metadata --format-version 1 --manifest-path ${manifest}\n`,
  );
  expect(readFileSync(manifest, "utf8")).toContain('tfmicro = "=0.1.0"');
});

test("without cargo the error says how to get it and how to do without", async () => {
  const folder = temporaryFolder();
  await expect(locateTflm({ env: { PATH: folder, DTMM_CACHE_DIR: folder } })).rejects.toMatchObject({
    code: "CARGO_MISSING",
    exit: 3,
    hint: expect.stringMatching(/rustup.*TFLM_DIR/),
  });
});

test("a failing cargo's own words are in the error", async () => {
  const env = fakeCargo(temporaryFolder(), "echo 'error: no network' >&2; exit 101");
  await expect(locateTflm({ env })).rejects.toMatchObject({
    code: "CARGO_FAILED",
    exit: 3,
    message: expect.stringContaining("error: no network"),
  });
});

test("a crate without a tree is an error", async () => {
  const folder = temporaryFolder();
  const env = fakeCargo(folder, `echo '${metadata(join(folder, "empty/Cargo.toml"))}'`);
  await expect(locateTflm({ env })).rejects.toMatchObject({ code: "CARGO_FAILED" });
});
