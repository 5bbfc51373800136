import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { dtmmError } from "../errors/index.js";

export interface Compiler {
  /** The command as CMake takes it: a path, then arguments from `CC` or `CXX`. */
  command: string[];
  /** What `--version` printed. */
  version: string;
}

/** Everything outside the package and the TFLM tree that decides what a build yields. */
export interface Toolchain {
  cc: Compiler;
  cxx: Compiler;
  /** Folder that contains Eigen/Core. */
  eigen: string;
  /** CFLAGS, CXXFLAGS and LDFLAGS of the environment. */
  flags: { c: string; cxx: string; link: string };
  /** `DTMM_SANITIZE`, for example "address,undefined"; empty without sanitizers. */
  sanitize: string;
  /** The CPU's features, on which `-march=native` depends. */
  cpu: string;
}

const eigenFolders = [
  "/usr/include/eigen3",
  "/usr/local/include/eigen3",
  "/usr/local/include",
  "/opt/homebrew/include/eigen3",
];

/**
 * Finds the compilers and Eigen. Quick enough for a warm start: it runs two `--version` commands and nothing else.
 *
 * @throws COMPILER_MISSING, EIGEN_MISSING
 */
export function findToolchain(env: NodeJS.ProcessEnv = process.env): Toolchain {
  return {
    cc: findCCompiler(env),
    cxx: findCxxCompiler(env),
    eigen: findEigen(env),
    flags: { c: env.CFLAGS ?? "", cxx: env.CXXFLAGS ?? "", link: env.LDFLAGS ?? "" },
    sanitize: env.DTMM_SANITIZE ?? "",
    cpu: cpuFeatures(),
  };
}

/** @throws COMPILER_MISSING */
export function findCCompiler(env: NodeJS.ProcessEnv): Compiler {
  return findCompiler("C", env.CC, ["cc", "gcc", "clang"], env);
}

/** @throws COMPILER_MISSING */
export function findCxxCompiler(env: NodeJS.ProcessEnv): Compiler {
  return findCompiler("C++", env.CXX, ["c++", "g++", "clang++"], env);
}

/**
 * Checks that a build can start at all. Only asked when there is something to build.
 *
 * @throws CMAKE_MISSING, BUILD_TOOL_MISSING
 */
export function requireBuildTools(env: NodeJS.ProcessEnv = process.env): void {
  findCmake(env);
  findBuildTool(env);
}

/**
 * The absolute path of cmake.
 *
 * @throws CMAKE_MISSING
 */
export function findCmake(env: NodeJS.ProcessEnv = process.env): string {
  const path = findOnPath("cmake", env);
  if (path === undefined) throw dtmmError("CMAKE_MISSING", {});
  return path;
}

/**
 * The absolute path of ninja or make.
 *
 * @throws BUILD_TOOL_MISSING
 */
export function findBuildTool(env: NodeJS.ProcessEnv): string {
  const path = findOnPath("ninja", env) ?? findOnPath("make", env);
  if (path === undefined) throw dtmmError("BUILD_TOOL_MISSING", {});
  return path;
}

/**
 * Environment in which a process without sanitizers of its own, such as node, can load a sanitized addon.
 *
 * @returns variables to add; none without `DTMM_SANITIZE`
 */
export function sanitizerEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  if (!env.DTMM_SANITIZE?.includes("address")) return {};
  const cxx = findCxxCompiler(env);
  const runtime = execFileSync(cxx.command[0]!, ["-print-file-name=libasan.so"], { encoding: "utf8" }).trim();
  // Node itself never frees everything; only what is wrong with our code shall be reported.
  return { LD_PRELOAD: runtime, ASAN_OPTIONS: "detect_leaks=0", UBSAN_OPTIONS: "print_stacktrace=1" };
}

/** The absolute path of an executable, as a shell would find it; undefined if there is none. */
export function findOnPath(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const candidates = isAbsolute(name)
    ? [name]
    : (env.PATH ?? "").split(delimiter).map((dir) => join(dir, name));
  return candidates.find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function findCompiler(
  language: string,
  wish: string | undefined,
  names: string[],
  env: NodeJS.ProcessEnv,
): Compiler {
  const commands = wish?.trim() ? [wish.trim().split(/\s+/)] : names.map((name) => [name]);
  for (const [name, ...args] of commands) {
    const path = findOnPath(name!, env);
    if (!path) continue;
    try {
      const version = execFileSync(path, [...args, "--version"], {
        stdio: ["ignore", "pipe", "ignore"],
        env,
      });
      return { command: [path, ...args], version: version.toString("utf8").trim() };
    } catch {
      // Found but broken, as a compiler wrapper without its compiler is: the next name may work.
    }
  }
  throw dtmmError("COMPILER_MISSING", { language, looked: commands.map((command) => command.join(" ")) });
}

/**
 * The folder that contains Eigen/Core.
 *
 * @throws EIGEN_MISSING
 */
export function findEigen(env: NodeJS.ProcessEnv): string {
  const folders = env.EIGEN3_INCLUDE_DIR ? [env.EIGEN3_INCLUDE_DIR] : eigenFolders;
  const found = folders.find((folder) => existsSync(join(folder, "Eigen", "Core")));
  if (!found) throw dtmmError("EIGEN_MISSING", { looked: folders });
  return found;
}

function cpuFeatures(): string {
  try {
    const text = readFileSync("/proc/cpuinfo", "utf8");
    return /^(?:flags|Features)\s*:.*$/m.exec(text)?.[0] ?? "";
  } catch {
    // No /proc: the architecture in the key has to do.
    return "";
  }
}
