import { dtmmError } from "../errors/index.js";
import { findOnPath } from "../native/compiler.js";

/** What compiling for a board and emulating it takes, with the Debian package that brings it. */
const needed = {
  "arm-none-eabi-gcc": "gcc-arm-none-eabi",
  "arm-none-eabi-g++": "gcc-arm-none-eabi",
  "qemu-system-arm": "qemu-system-arm",
} as const;

export type BoardTool = keyof typeof needed;

/** Names of the tools that this machine lacks. */
export function missingBoardTools(env: NodeJS.ProcessEnv = process.env): BoardTool[] {
  return (Object.keys(needed) as BoardTool[]).filter((tool) => findOnPath(tool, env) === undefined);
}

/**
 * The absolute path of a tool.
 *
 * @throws BOARD_TOOL_MISSING
 */
export function boardTool(tool: BoardTool, env: NodeJS.ProcessEnv = process.env): string {
  const path = findOnPath(tool, env);
  if (path === undefined) throw dtmmError("BOARD_TOOL_MISSING", { tool, package: needed[tool] });
  return path;
}
