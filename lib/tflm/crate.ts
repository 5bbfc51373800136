import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { dtmmError } from "../errors/index.js";
import { findOnPath } from "../native/compiler.js";
import { makeCacheFolder } from "../native/paths.js";
import type { Progress } from "../native/progress.js";
import { runProcess } from "../native/run-process.js";
import { findTreeRoot, treeMarker } from "./search.js";

/** The registry crate whose sources hold a complete TFLM tree of July 2020. */
export const defaultCrate = { name: "tfmicro", version: "0.1.0" } as const;

const label = `${defaultCrate.name} ${defaultCrate.version}`;
const tailLines = 12;

interface CargoMetadata {
  packages: { name: string; version: string; manifest_path: string }[];
}

/**
 * The TFLM tree inside the default crate, in cargo's own cache. Cargo checks the crate against its registry's checksum;
 * nothing is copied. The place is remembered in `cacheDir`, so that a warm start does not run cargo.
 *
 * @returns the tree's include root
 * @throws CARGO_MISSING, CARGO_FAILED
 */
export async function locateCrate(
  cacheDir: string,
  progress?: Progress,
  signal?: AbortSignal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const folder = join(cacheDir, `crate-${defaultCrate.name}-${defaultCrate.version}`);
  const memo = join(folder, "root.txt");
  const remembered = existsSync(memo) ? readFileSync(memo, "utf8") : "";
  if (remembered && existsSync(join(remembered, treeMarker))) return remembered;

  const cargo = findCargo(env);
  progress?.(`Fetching TFLM (crate ${label}) with cargo`);
  const manifest = writeManifest(folder);
  const args = ["metadata", "--format-version", "1", "--manifest-path", manifest];
  const { code, stdout, lines } = await runProcess({ command: cargo, args, env, signal });
  if (code !== 0) throw dtmmError("CARGO_FAILED", { crate: label, tail: lines.slice(-tailLines) });

  const root = rootFromMetadata(stdout.join("\n"));
  if (!root) throw dtmmError("CARGO_FAILED", { crate: label, tail: ["the crate holds no TFLM tree"] });
  writeFileSync(memo, root);
  return root;
}

/**
 * The absolute path of cargo.
 *
 * @throws CARGO_MISSING
 */
export function findCargo(env: NodeJS.ProcessEnv): string {
  const cargo = findOnPath("cargo", env);
  if (cargo === undefined) throw dtmmError("CARGO_MISSING", { crate: label });
  return cargo;
}

function rootFromMetadata(json: string): string | undefined {
  const { packages } = JSON.parse(json) as CargoMetadata;
  const found = packages.find(
    (item) => item.name === defaultCrate.name && item.version === defaultCrate.version,
  );
  return found && findTreeRoot(dirname(found.manifest_path));
}

/** A package whose only purpose is to depend on the crate; `[workspace]` keeps it apart from any workspace around it. */
function writeManifest(folder: string): string {
  const manifest = join(makeCacheFolder(folder), "Cargo.toml");
  writeFileSync(
    manifest,
    [
      "[package]",
      'name = "dtmm-tflm"',
      'version = "0.0.0"',
      "[lib]",
      'path = "lib.rs"',
      "[dependencies]",
      `${defaultCrate.name} = "=${defaultCrate.version}"`,
      "[workspace]",
      "",
    ].join("\n"),
  );
  writeFileSync(join(folder, "lib.rs"), "");
  return manifest;
}
