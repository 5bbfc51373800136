import { posix } from "node:path";
import { dtmmError } from "../../errors/index.js";
import { nearestBuildFile, withBlocks } from "./build-file.js";
import { type CmakeCommand, cmakeCommands } from "./cmake-commands.js";
import { fromFolder, type GlueFile, type GlueRequest } from "./request.js";

/**
 * Adds the output folder to a list of a CMake project's modules, in front of the command that reads the list; nothing if
 * the list has the folder by a line of the project's own.
 *
 * @param variable `EXTRA_ZEPHYR_MODULES` or `EXTRA_COMPONENT_DIRS`
 * @param reads the command before which the list must be complete
 * @throws GLUE_NOT_PATCHABLE with the line to add by hand; PATCH_EDITED
 */
export async function planModuleList(
  { root, out, resolverFile }: GlueRequest,
  variable: string,
  reads: { command: string; argument: RegExp },
): Promise<GlueFile[]> {
  const readerIn = (text: string) =>
    cmakeCommands(text).find(
      ({ name, args }) => name === reads.command && args.some((arg) => reads.argument.test(arg)),
    );
  const file = await nearestBuildFile(
    root,
    resolverFile,
    ["CMakeLists.txt"],
    (text) => readerIn(text) !== undefined,
  );
  const line = `list(APPEND ${variable} $\{CMAKE_CURRENT_LIST_DIR}/${fromFolder(file?.folder ?? "", out)})`;
  if (!file) {
    const reason = `no CMakeLists.txt has ${reads.command}(... ${reads.argument.source} ...)`;
    throw dtmmError("GLUE_NOT_PATCHABLE", { path: root, reason, lines: [line] });
  }
  const folder = posix.basename(out);
  const isThere = ({ args }: CmakeCommand) =>
    args.includes(variable) && args.some((arg) => arg.endsWith(folder));
  if (cmakeCommands(file.text).some(isThere)) return [];
  const index = file.text.lastIndexOf("\n", readerIn(file.text)!.start) + 1;
  return [withBlocks(file, [{ index, tag: "module", body: [line] }])];
}
