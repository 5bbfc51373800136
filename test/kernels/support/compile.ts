import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { boardFolder } from "../../../lib/board/compile.js";

export const kernelDir = fileURLToPath(new URL("../../../tflm-kernels", import.meta.url));
const supportDir = fileURLToPath(new URL(".", import.meta.url));

interface Manifest {
  version: number;
  ops: Record<string, { sources: string[]; headers: string[] }>;
}

export const manifest = JSON.parse(readFileSync(join(kernelDir, "manifest.json"), "utf8")) as Manifest;

/** C sources of all operators, without the TFLM registrations. */
export const kernelSources = [...new Set(Object.values(manifest.ops).flatMap(({ sources }) => sources))]
  .filter((name) => name.endsWith(".c"))
  .map((name) => join(kernelDir, name));

/** One way to compile a test program. */
export interface Build {
  name: string;
  compiler: string;
  flags: string[];
}

const warnings = ["-Wall", "-Wextra", "-Wconversion", "-Werror", "-pedantic"];
const c99 = ["-x", "c", "-std=c99", ...warnings];
const cxx11 = ["-x", "c++", "-std=c++11", "-fno-rtti", "-fno-exceptions", ...warnings];
const sanitizers = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-DGUARD_BYTES=0"];

export const builds: Build[] = [
  { name: "gcc, C99, -O3", compiler: "gcc", flags: [...c99, "-O3"] },
  { name: "g++, C++11, -O2", compiler: "g++", flags: [...cxx11, "-O2"] },
  { name: "clang, C99, -Os", compiler: "clang", flags: [...c99, "-Os"] },
  { name: "clang++, C++11, -O2", compiler: "clang++", flags: [...cxx11, "-O2"] },
];

export const sanitized: Build = {
  name: "gcc, C99, ASan and UBSan",
  compiler: "gcc",
  flags: [...c99, "-O1", "-g", ...sanitizers],
};

export function available(build: Build): boolean {
  return spawnSync(build.compiler, ["--version"]).status === 0;
}

/** For test titles: nothing, or why the test is skipped. */
export function skipNote(build: Build): string {
  return available(build) ? "" : ` (skipped: no ${build.compiler} on this machine)`;
}

const programDir = mkdtempSync(join(tmpdir(), "dtmm-kernels-"));
afterAll(() => rmSync(programDir, { recursive: true }));

let programs = 0;

/** Compiles `sources` into a temporary program that lives as long as the test file. Warnings fail. */
export function compile(build: Build, sources: string[]): string {
  const program = join(programDir, `program${programs++}`);
  const args = [...build.flags, "-I", kernelDir, "-I", boardFolder, ...sources, "-o", program, "-lm"];
  execFileSync(build.compiler, args, { stdio: ["ignore", "inherit", "pipe"] });
  return program;
}

const runners = new Map<string, string>();

/** The runner of packed layers of one operator (`board/runner.h`), compiled once per build. */
export function compileRunner(
  build: Build,
  source: "conv_runner.c" | "fc_runner.c" | "sparse_runner.c" = "conv_runner.c",
): string {
  const key = `${source} ${build.name}`;
  const program = runners.get(key) ?? compile(build, [join(boardFolder, source), ...kernelSources]);
  runners.set(key, program);
  return program;
}

export function supportFile(name: string): string {
  return join(supportDir, name);
}
