import { posix } from "node:path";
import { dtmmError } from "../../errors/index.js";
import { lineAfter, nearestBuildFile, withBlocks } from "./build-file.js";
import { type CmakeCommand, cmakeCommands } from "./cmake-commands.js";
import { fromFolder, type GlueFile, type GlueRequest } from "./request.js";
import { canMean, sourceWords } from "./source-pattern.js";

const targetCommands = ["add_executable", "add_library"];

/**
 * Gives the CMake target that is built from the op resolver's source the sources and the include path, in a block after the
 * command that makes it.
 *
 * @throws GLUE_NOT_PATCHABLE with the lines to add by hand; PATCH_EDITED
 */
export async function planCmake(request: GlueRequest): Promise<GlueFile[]> {
  const { root, resolverFile } = request;
  const makesTarget = (text: string) => cmakeCommands(text).some(({ name }) => targetCommands.includes(name));
  const file = await nearestBuildFile(root, resolverFile, ["CMakeLists.txt"], makesTarget);
  if (!file) {
    const reason = "no CMakeLists.txt makes a target";
    throw dtmmError("GLUE_NOT_PATCHABLE", { path: root, reason, lines: linesFor("TARGET", request, "") });
  }
  const commands = cmakeCommands(file.text);
  const source = resolverFile && posix.relative(file.folder, resolverFile);
  const found = targetOf(commands, source);
  if ("reason" in found) {
    const lines = linesFor("TARGET", request, file.folder);
    throw dtmmError("GLUE_NOT_PATCHABLE", { path: file.path, ...found, lines });
  }
  const indent = /[ \t]*$/.exec(file.text.slice(0, found.start))![0];
  const language = missingC(commands) ? ["enable_language(C)"] : [];
  const body = [...language, ...linesFor(found.args[0]!, request, file.folder)];
  return [withBlocks(file, [{ index: lineAfter(file.text, found.end), tag: "target", body, indent }])];
}

/** The command that makes the target with the source in it, or the only target that there is. */
function targetOf(
  commands: readonly CmakeCommand[],
  source: string | undefined,
): CmakeCommand | { reason: string; line?: number } {
  const targets = commands.filter(
    ({ name, args }) =>
      targetCommands.includes(name) && !args.some((arg) => /^(IMPORTED|ALIAS|INTERFACE)$/.test(arg)),
  );
  const holds = (target: CmakeCommand) =>
    source !== undefined && wordsOf(target, commands).some((word) => canMean(word, source));
  const holders = targets.filter(holds);
  const candidates = holders.length > 0 ? holders : targets;
  const [target, other] = candidates;
  if (!target) return { reason: "it makes no target with sources" };
  if (!other) return target;
  const names = candidates.map(({ args }) => args[0]).join(", ");
  const which =
    holders.length > 0
      ? `several targets are built from ${source}`
      : "it is not clear which target holds the op resolver";
  return { reason: `${which}: ${names}`, line: other.line };
}

/** The sources of a target: its own arguments, `target_sources`, and the lists that either names. */
function wordsOf(target: CmakeCommand, commands: readonly CmakeCommand[]): string[] {
  const name = target.args[0];
  const own = [target, ...commands.filter((one) => one.name === "target_sources" && one.args[0] === name)];
  const args = own.flatMap((command) => command.args.slice(1));
  const lists = args.flatMap((arg) => /^\$\{(\w+)\}$/.exec(arg)?.[1] ?? []);
  const listed = commands.filter(
    ({ name: command, args: [first, second, ...rest] }) =>
      (command === "set" && lists.includes(first!)) ||
      (command === "list" && lists.includes(second!)) ||
      (command === "file" && lists.includes(second!) && rest.length > 0),
  );
  const folders = commands.filter(
    ({ name: command, args: [, list] }) => command === "aux_source_directory" && lists.includes(list!),
  );
  return [
    ...sourceWords([...args, ...listed.flatMap((command) => command.args)].join(" ")),
    ...folders.map(({ args: [folder] }) => posix.join(folder!, "*.cc")),
  ];
}

/** Whether `project` names languages, and C is not among them. */
function missingC(commands: readonly CmakeCommand[]): boolean {
  const project = commands.find(({ name }) => name === "project");
  const languages = project?.args.filter((arg) => /^(C|CXX|ASM|NONE)$/.test(arg)) ?? [];
  const enabled = commands.some(({ name, args }) => name === "enable_language" && args.includes("C"));
  return languages.length > 0 && !languages.includes("C") && !enabled;
}

function linesFor(target: string, { out, sources, includeDirs }: GlueRequest, folder: string): string[] {
  const path = (inside: string) => {
    const relative = fromFolder(folder, out, inside);
    return relative === "." ? "$" + "{CMAKE_CURRENT_LIST_DIR}" : `$\{CMAKE_CURRENT_LIST_DIR}/${relative}`;
  };
  return [
    `target_sources(${target} PRIVATE`,
    ...sources.map((source, index) => `  ${path(source)}${index === sources.length - 1 ? ")" : ""}`),
    `target_include_directories(${target} PRIVATE ${includeDirs.map(path).join(" ")})`,
  ];
}
