/** Check programs: C++ that holds parts of `native/` against a plain reference and prints a line per check. */

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const here = fileURLToPath(new URL("../", import.meta.url));
const native = fileURLToPath(new URL("../../../native/", import.meta.url));
const run = promisify(execFile);

/**
 * Compiles `check`, a file of test/native/, with `parts`, files of native/, under the sanitizers, and runs it.
 *
 * @returns what the program printed, lines of "name value", as numbers by name
 */
export async function runCheck(check: string, parts: readonly string[]): Promise<Map<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), "dtmm-check-"));
  try {
    const flags = ["-std=c++17", "-O0", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined"];
    const include = ["-I", native, "-isystem", process.env.EIGEN3_INCLUDE_DIR ?? "/usr/include/eigen3"];
    const sources = [join(here, check), ...parts.map((part) => join(native, part))];
    const objects = await Promise.all(
      sources.map(async (source) => {
        const object = join(folder, `${basename(source)}.o`);
        await run("c++", [...flags, ...include, "-c", source, "-o", object]);
        return object;
      }),
    );
    const program = join(folder, "check");
    await run("c++", [...flags, ...objects, "-o", program]);
    const lines = (await run(program)).stdout.trim().split("\n");
    return new Map(lines.map((line) => [line.split(" ")[0]!, Number(line.split(" ")[1])]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
