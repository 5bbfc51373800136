import { DtmmError } from "../errors/index.js";
import { cmakeCommands } from "../firmware/glue/cmake-commands.js";
import { planGlue } from "../firmware/glue/index.js";
import type { GlueKind } from "../firmware/glue/kinds.js";
import { findSources } from "../firmware/resolver/scan.js";
import { type Finding, type Findings, textOf } from "./finding.js";

type BuildFinding = Finding<GlueKind>;

/**
 * The project's build system. One that says what the others are for (PlatformIO, Zephyr, ESP-IDF, Arduino) wins; of CMake
 * and make those count whose files dtmm can patch.
 */
export async function findBuilds(
  root: string,
  resolverFile: string | undefined,
  ignore: string[],
): Promise<Findings<GlueKind>> {
  for (const find of [platformio, cmakeFramework, arduino]) {
    const finding = await find(root, ignore);
    if (finding) return { candidates: [finding], notes: [] };
  }
  const found: Findings<GlueKind> = { candidates: [], notes: [] };
  for (const kind of ["cmake", "make"] as const) {
    try {
      // Worked out with a source and a folder that stand for those to come.
      const request = { root, out: "dtmm", sources: ["kernels/a.c", "b.cc"], includeDirs: ["kernels"] };
      const files = await planGlue({ ...request, kind, resolverFile });
      const patched = files.find(({ undo }) => undo === "patch");
      const reason = patched
        ? `${patched.path} builds ${resolverFile ?? "the firmware"}`
        : "it includes dtmm's list";
      found.candidates.push({ value: kind, reason });
    } catch (error) {
      if (!(error instanceof DtmmError) || error.code !== "GLUE_NOT_PATCHABLE") throw error;
      if (!/there is no Makefile|no CMakeLists/.test(error.message)) {
        found.notes.push(
          `${error.message}; the lines to add come with \`dtmm patch --glue ${kind} --dry-run\``,
        );
      }
    }
  }
  return found;
}

async function platformio(root: string, ignore: string[]): Promise<BuildFinding | undefined> {
  const [path] = await findSources(root, { names: /^platformio\.ini$/, ignore });
  return path === undefined ? undefined : { value: "platformio", reason: `there is ${path}` };
}

async function arduino(root: string, ignore: string[]): Promise<BuildFinding | undefined> {
  const [path] = await findSources(root, { names: /\.ino$/, ignore });
  return path === undefined ? undefined : { value: "arduino", reason: `${path} is a sketch` };
}

/** Zephyr or ESP-IDF, by the command that loads it. */
async function cmakeFramework(root: string, ignore: string[]): Promise<BuildFinding | undefined> {
  for (const path of await findSources(root, { names: /^CMakeLists\.txt$/, ignore })) {
    for (const { name, args, line } of cmakeCommands((await textOf(root, path)) ?? "")) {
      if (name === "find_package" && args[0] === "Zephyr") {
        return { value: "zephyr", reason: `${path}:${line} loads Zephyr` };
      }
      if (
        name === "idf_component_register" ||
        (name === "include" && args.some((arg) => arg.includes("IDF_PATH")))
      ) {
        return { value: "esp-idf", reason: `${path}:${line} belongs to ESP-IDF` };
      }
    }
  }
  return undefined;
}
