import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dtmmError } from "../../errors/index.js";
import { relevantLines } from "../../native/cmake-build.js";
import { type Compiler, findCCompiler, findCxxCompiler } from "../../native/compiler.js";
import { withLock } from "../../native/lock.js";
import { cacheRoot, makeCacheFolder, packageRoot } from "../../native/paths.js";
import { runProcess } from "../../native/run-process.js";
import { type FoundTree, findTflm, type TflmOptions } from "../../tflm/locate.js";

/** The tree's sources that are compiled into the program, and where their headers are. */
interface FrontendSources {
  c: string[];
  cxx: string[];
  includes: string[];
}

interface Compilers {
  c: Compiler;
  cxx: Compiler;
}

const ownSource = join(packageRoot, "frontend", "micro_frontend.cc");

const frontendFolder = join("tensorflow", "lite", "experimental", "microfrontend", "lib");

/** Tests, programs and generators beside the library. */
const notLibrary = /(_test|_main|_generator|_io)\.[a-z]+$/;

/**
 * The program that computes features with the audio front end of the tree: out of the cache, or compiled now, which takes
 * seconds.
 *
 * @returns its absolute path
 * @throws FRONTEND_MISSING, COMPILER_MISSING, CACHE_UNWRITABLE, NATIVE_BUILD_FAILED, and what finding the tree throws
 */
export async function ensureFrontend(options: TflmOptions, signal: AbortSignal): Promise<string> {
  const tree = await findTflm(options, undefined, signal);
  const found = findSources(tree);
  const sources = { ...found, cxx: [...found.cxx, ownSource] };
  const compilers = { c: findCCompiler(process.env), cxx: findCxxCompiler(process.env) };
  const place = join(cacheRoot(), "frontend", keyOf(sources, compilers));
  const program = join(place, "micro_frontend");
  if (existsSync(program)) return program;
  await withLock(
    place,
    async () => {
      if (existsSync(program)) return;
      const staging = makeCacheFolder(`${place}.${process.pid}`);
      try {
        const built = await compile(sources, staging, { compilers, tree, signal });
        makeCacheFolder(place);
        renameSync(built, program);
      } finally {
        rmSync(staging, { recursive: true, force: true });
      }
    },
    { signal },
  );
  return program;
}

/** Changes with everything that goes into the program; the tree's sources count by size and date, our own by content. */
function keyOf({ c, cxx, includes }: FrontendSources, compilers: Compilers): string {
  const files = [...c, ...cxx].map((file) => [file, statSync(file).size, statSync(file).mtimeMs]);
  return createHash("sha256")
    .update(JSON.stringify([process.platform, process.arch, compilers, includes, files]))
    .update(readFileSync(ownSource))
    .digest("hex")
    .slice(0, 24);
}

/** Finds the front end and kissfft, which it computes its transforms with. Throws FRONTEND_MISSING. */
function findSources({ root, label, thirdParty }: FoundTree): FrontendSources {
  const folder = join(root, frontendFolder);
  if (!existsSync(join(folder, "frontend_util.h"))) {
    throw dtmmError("FRONTEND_MISSING", { tree: label, reason: `it has no ${frontendFolder}` });
  }
  const looked = thirdParty.looked.map((base) => join(base, "kissfft"));
  const kissfft = looked.find((place) => existsSync(join(place, "kiss_fft.h")));
  if (kissfft === undefined) {
    throw dtmmError("FRONTEND_MISSING", {
      tree: label,
      reason: `kissfft is in none of ${looked.join(", ")}`,
    });
  }
  const library = readdirSync(folder).filter((name) => !notLibrary.test(name) && !name.includes("memmap"));
  const paths = (end: RegExp) => library.filter((name) => end.test(name)).map((name) => join(folder, name));
  // Later trees compile kissfft as a part of a source of their own.
  const wraps = library.some((name) => /^kiss_fft_int16\.(cc|cpp)$/.test(name));
  const transforms = ["kiss_fft.c", "kiss_fftr.c", join("tools", "kiss_fftr.c")]
    .map((name) => join(kissfft, name))
    .filter((file) => !wraps && existsSync(file));
  return {
    c: [...paths(/\.c$/), ...transforms],
    cxx: paths(/\.(cc|cpp)$/),
    includes: [root, kissfft],
  };
}

/** Compiles the program in a folder; returns its path. Throws NATIVE_BUILD_FAILED. */
async function compile(
  { c, cxx, includes }: FrontendSources,
  folder: string,
  { compilers, tree, signal }: { compilers: Compilers; tree: FoundTree; signal: AbortSignal },
): Promise<string> {
  const flags = ["-O2", "-w", "-DFIXED_POINT=16", ...includes.map((include) => `-I${include}`)];
  const run = async ({ command: [command, ...words] }: Compiler, args: readonly string[]) => {
    const job = { command: command!, args: [...words, ...flags, ...args], cwd: folder, signal };
    const { code, lines } = await runProcess(job);
    if (code === 0) return;
    const log = join(makeCacheFolder(join(cacheRoot(), "logs")), "frontend.log");
    writeFileSync(log, `${lines.join("\n")}\n`);
    throw dtmmError("NATIVE_BUILD_FAILED", { tree: tree.label, tail: relevantLines(lines), log });
  };
  await run(compilers.c, ["-c", ...c]);
  const objects = readdirSync(folder);
  await run(compilers.cxx, [...cxx, ...objects, "-o", "micro_frontend", "-lm"]);
  return join(folder, "micro_frontend");
}
