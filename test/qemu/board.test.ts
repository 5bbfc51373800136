/** The emulated boards themselves: that they count exactly, and that they catch what the sweeps of the kernels rely on. */

import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { boardCores } from "../../lib/board/boards.js";
import { emulate } from "../../lib/board/emulate.js";
import { missingBoardTools } from "../../lib/board/tools.js";
import { boardSkipNote, buildProgram, haveBoardTools } from "./support/board.js";

const source = (name: string) => fileURLToPath(new URL(`support/${name}`, import.meta.url));

describe.skipIf(!haveBoardTools)(`emulated boards${boardSkipNote}`, () => {
  test.for(boardCores)("%s counts every instruction of loops from 4 to 50 million", async (core) => {
    const program = await buildProgram(core, [source("counted_loop.c")]);
    const bytes = await emulate(core, program, new Uint8Array());
    const values = Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readUInt32LE(4 * i));
    const wrong = values.flatMap((rounds, i) =>
      i % 3 === 0 && values[i + 1] !== values[i + 2]
        ? [{ rounds, expected: values[i + 1], counted: values[i + 2] }]
        : [],
    );
    expect(values.length).toBe(3 * 30);
    expect(wrong).toEqual([]);
  });

  test.for(boardCores)("%s faults when a buffer at the edge of memory is read beyond", async (core) => {
    const program = await buildProgram(core, [source("edge_read.c")]);
    const error = await emulate(core, program, new Uint8Array()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "BOARD_RUN_FAILED" });
    expect(String(error)).toMatch(/read the last byte.*fault/);
  });
});

test("a machine without the tools is told by name", () => {
  expect(missingBoardTools({ PATH: "" })).toEqual([
    "arm-none-eabi-gcc",
    "arm-none-eabi-g++",
    "qemu-system-arm",
  ]);
});
