import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dtmmError } from "../errors/index.js";
import { runProcess } from "../native/run-process.js";
import { type BoardCore, boards } from "./boards.js";
import { boardTool } from "./tools.js";

/**
 * Every instruction takes 2^6 ns of virtual time, which does not wait for the host's: board/instruction_counter.h counts on
 * both.
 */
const exactCounting = ["-icount", "shift=6,align=off,sleep=off"];

/** Lines of a failed run that an error shows. */
const tailLines = 5;

/**
 * Runs a program of `linkProgram` on its emulated board until it ends.
 *
 * @param requests what the program reads from stdin
 * @returns what it wrote to stdout
 * @throws BOARD_TOOL_MISSING; BOARD_RUN_FAILED when it ends with another exit code than 0; `signal.reason` after an abort
 */
export async function emulate(
  core: BoardCore,
  program: string,
  requests: Uint8Array,
  signal?: AbortSignal,
): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), "dtmm-board-"));
  try {
    await writeFile(join(folder, "requests.bin"), requests);
    const { code, lines } = await runProcess({
      command: boardTool("qemu-system-arm"),
      args: [
        ...["-machine", boards[core].machine, "-display", "none", "-monitor", "none", "-serial", "none"],
        ...exactCounting,
        ...["-semihosting-config", "enable=on,target=native", "-kernel", program],
      ],
      cwd: folder,
      signal,
    });
    if (code !== 0)
      throw dtmmError("BOARD_RUN_FAILED", { core, exitCode: code, tail: lines.slice(-tailLines) });
    return await readFile(join(folder, "answers.bin"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
