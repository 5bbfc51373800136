import { posix } from "node:path";
import { findSources } from "../firmware/resolver/scan.js";
import type { Target } from "../options/types.js";
import { coreOfBoard, targetOfCore } from "./cores.js";
import { type Finding, type Findings, textOf } from "./finding.js";

const buildFile =
  /^(GNUmakefile|makefile|Makefile|.*\.mk|CMakeLists\.txt|CMakePresets\.json|.*\.cmake|platformio\.ini|sdkconfig(\.defaults.*)?|.*\.conf|.*_defconfig|sketch\.ya?ml|arduino-cli\.ya?ml)$/;
const zephyrBoard = /^(.*)\.(overlay|conf)$/;

interface Rule {
  /** Its first group is the name of a core, a chip or a board. */
  pattern: RegExp;
  core: (name: string) => Target | undefined;
  /** Files that the rule is for; all build files when absent. */
  file?: RegExp;
}

const rules: readonly Rule[] = [
  { pattern: /-mcpu=(cortex-m\d+)/, core: targetOfCore },
  {
    pattern: /\b(?:CPU|MCU|CMAKE_SYSTEM_PROCESSOR|TARGET_ARCH|TARGET_CPU)\b\s*[:?]?[=\s]\s*"?(cortex-m\d+)/i,
    core: targetOfCore,
  },
  { pattern: /^CONFIG_CPU_(CORTEX_M\d+)\w*=y/, core: targetOfCore },
  { pattern: /IDF_TARGET\b\W*(esp32\w*)/, core: coreOfBoard },
  // ESP-IDF builds for Espressif's chips only, none of which is a Cortex-M.
  { pattern: /(IDF_PATH)/, core: () => "generic", file: /^CMakeLists\.txt$/ },
  { pattern: /\bPICO_(?:BOARD|PLATFORM)\b[\s=:"]+([\w-]+)/, core: coreOfBoard },
  { pattern: /^\s*board\s*=\s*([\w-]+)/, core: coreOfBoard, file: /^platformio\.ini$/ },
  { pattern: /^\s*board_build\.mcu\s*=\s*([\w-]+)/, core: coreOfBoard, file: /^platformio\.ini$/ },
  {
    pattern: /\bBOARD\b[\s=:"]+([\w/@.-]+)/,
    core: coreOfBoard,
    file: /^(CMakeLists\.txt|CMakePresets\.json|.*\.cmake)$/,
  },
  { pattern: /fqbn\b[\s:="]+([\w:]+)/, core: coreOfBoard },
  { pattern: /-D(STM32[A-Z]\d\w*|NRF5\d\w*)/, core: coreOfBoard },
];

/** The cores that build files and boards of a project name, each once with the first place that does. */
export async function findCores(root: string, ignore: string[]): Promise<Findings<Target>> {
  const found = new Map<Target, Finding<Target>>();
  const add = (value: Target | undefined, reason: string) => {
    if (value !== undefined && !found.has(value)) found.set(value, { value, reason });
  };
  for (const path of await findSources(root, { names: buildFile, ignore })) {
    const name = posix.basename(path);
    const text = await textOf(root, path);
    for (const [index, line] of (text ?? "").split("\n").entries()) {
      if (/^\s*(#|;|\/\/)/.test(line)) continue;
      for (const { pattern, core, file } of rules) {
        if (file && !file.test(name)) continue;
        const match = pattern.exec(line);
        if (match) add(core(match[1]!), `${path}:${index + 1} has ${match[0].trim()}`);
      }
    }
  }
  // Zephyr applications keep settings of boards in files that bear the boards' names.
  if (found.size === 0) {
    for (const path of await findSources(root, { names: zephyrBoard, ignore })) {
      if (posix.basename(posix.dirname(path)) !== "boards") continue;
      add(coreOfBoard(zephyrBoard.exec(posix.basename(path))![1]!), `${path} is for that board`);
    }
  }
  return { candidates: [...found.values()], notes: [] };
}
