import { posix } from "node:path";
import { dtmmError } from "../../errors/index.js";
import { type BuildBlock, nearestBuildFile, withBlocks } from "./build-file.js";
import { type Assignment, assignmentsIn } from "./make-lines.js";
import { fromFolder, type GlueFile, type GlueRequest } from "./request.js";
import { canMean, namesC, namesCpp, sourceWords } from "./source-pattern.js";

/** The names that make looks for, in its order. */
export const makefileNames = ["GNUmakefile", "makefile", "Makefile"];

const includeName = /^(?:C|CXX|CPP)?_?INC(?:LUDE)?S?(?:_?(?:DIRS?|PATHS?|FLAGS))?$/i;
const flagNames = ["CPPFLAGS", "CFLAGS", "CXXFLAGS", "CCFLAGS"];

interface Variables {
  cpp: Assignment;
  c: Assignment;
  includes: Assignment[];
}

/**
 * Adds sources and include path to the variables of the Makefile that lists the op resolver's source, each right after the
 * variable's last assignment, so that whatever is derived from it further down has them.
 *
 * @throws GLUE_NOT_PATCHABLE with the lines to add by hand; PATCH_EDITED
 */
export async function planMake(request: GlueRequest): Promise<GlueFile[]> {
  const { root, resolverFile } = request;
  const file = await nearestBuildFile(root, resolverFile, makefileNames);
  const lists = listsOf(request, file?.folder ?? "");
  if (!file) {
    throw dtmmError("GLUE_NOT_PATCHABLE", {
      path: root,
      reason: "there is no Makefile",
      lines: byHand(lists),
    });
  }
  const source = resolverFile && posix.relative(file.folder, resolverFile);
  const found = variablesOf(assignmentsIn(file.text), source);
  if ("reason" in found) {
    throw dtmmError("GLUE_NOT_PATCHABLE", { path: file.path, ...found, lines: byHand(lists) });
  }
  return [withBlocks(file, blocksOf(found, lists))];
}

interface Lists {
  cpp: string[];
  c: string[];
  includes: string[];
}

function listsOf({ out, sources, includeDirs }: GlueRequest, folder: string): Lists {
  const paths = sources.map((path) => fromFolder(folder, out, path));
  return {
    cpp: paths.filter((path) => !path.endsWith(".c")),
    c: paths.filter((path) => path.endsWith(".c")),
    includes: includeDirs.map((dir) => `-I${fromFolder(folder, out, dir)}`),
  };
}

/** The variables that hold C++ sources, C sources and include flags; a reason if that is not certain. */
function variablesOf(
  assignments: readonly Assignment[],
  source: string | undefined,
): Variables | { reason: string; line?: number } {
  const lists = assignments.filter(({ value }) => !/\.o\b|%\.|\$\(\w+:/.test(value));
  const withWords = lists.map((one) => ({ one, words: sourceWords(one.value) }));
  const holders = withWords.filter(({ words }) =>
    source === undefined ? namesCpp(words) : words.some((word) => canMean(word, source)),
  );
  const [cpp, ...others] = new Set(holders.map(({ one }) => one.variable));
  const subject = source === undefined ? "C++ sources" : source;
  if (cpp === undefined) return { reason: `no variable lists ${subject}` };
  if (others.length > 0) {
    const line = holders.at(-1)!.one.line;
    return { reason: `${[cpp, ...others].join(" and ")} both list ${subject}`, line };
  }
  const ofVariable = (name: string) => assignments.filter(({ variable }) => variable === name).at(-1)!;
  const holdsC = withWords.filter(({ words }) => namesC(words)).map(({ one }) => one.variable);
  const c = holdsC.includes(cpp) ? cpp : holdsC.find((name) => /c_?src|c_?sources|^src_?c/i.test(name));
  if (c === undefined)
    return {
      reason: `${cpp} holds C++ only, and no variable lists sources in C`,
      line: ofVariable(cpp).line,
    };
  const names = new Set(assignments.map(({ variable }) => variable));
  const flagged = assignments
    .filter(({ value }) => /(?:^|[\s,])-I/.test(value))
    .map(({ variable }) => variable);
  const named = flagged.filter((name) => includeName.test(name));
  const chosen =
    named.length > 0 ? named : flagNames.filter((name) => flagged.includes(name) || names.has(name));
  if (chosen.length === 0)
    return { reason: "no variable holds the include path", line: ofVariable(cpp).line };
  return { cpp: ofVariable(cpp), c: ofVariable(c), includes: [...new Set(chosen)].map(ofVariable) };
}

function blocksOf({ cpp, c, includes }: Variables, lists: Lists): BuildBlock[] {
  const sources =
    cpp.variable === c.variable
      ? [{ at: cpp, name: "DTMM_SOURCES", paths: [...lists.cpp, ...lists.c] }]
      : [
          { at: cpp, name: "DTMM_CXX_SOURCES", paths: lists.cpp },
          { at: c, name: "DTMM_C_SOURCES", paths: lists.c },
        ];
  return [
    ...sources.map(({ at, name, paths }) => ({
      index: at.end,
      tag: name.toLowerCase().replaceAll("_", "-").replace("dtmm-", ""),
      body: [
        `${name} := ${paths.join(" \\\n  ")}`,
        // What a wildcard has found already is not listed twice.
        `${name} := $(filter-out $(${at.variable}),$(${name}))`,
        `${at.variable} += $(${name})`,
      ].flatMap((line) => line.split("\n")),
    })),
    ...includes.map(({ variable, end }) => ({
      index: end,
      tag: includes.length === 1 ? "include-path" : `include-path-${variable}`,
      body: [`${variable} += ${lists.includes.join(" ")}`],
    })),
  ];
}

function byHand({ cpp, c, includes }: Lists): string[] {
  return [
    "# C++ sources:",
    ...cpp.map((path) => `#   ${path}`),
    "# C sources (C99):",
    ...c.map((path) => `#   ${path}`),
    `CPPFLAGS += ${includes.join(" ")}`,
  ];
}
