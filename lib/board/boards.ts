/**
 * The boards that QEMU emulates, one per core that kernels are written for. Their linker scripts and the code that brings
 * them up are in `board/`; docs/board.md says what their figures mean.
 */

import type { Target } from "../options/types.js";

/** A core that there is a board for. */
export type BoardCore = Exclude<Target, "generic">;

export interface Board {
  /** Which of the packed kernels `dtmm_target.h` chooses there. */
  kernels: "portable" | "dsp" | "mve";
  /** QEMU's name of the machine. */
  machine: string;
  /** What selects the core, its floating-point registers and its vector extension in GCC. */
  compilerFlags: readonly string[];
  /** In the folder `board/`. */
  linkerScript: string;
  /** The free-running counter of the board's FPGA: address, and ticks per second of virtual time. */
  counter: { address: number; hz: number };
}

const mps2Counter = { address: 0x40028018, hz: 25_000_000 };

// The secure side's addresses; QEMU clocks the counter of both machines with 20 MHz, whatever the board does.
const an505Counter = { address: 0x50302018, hz: 20_000_000 };
const an547Counter = { address: 0x59302018, hz: 20_000_000 };

export const boards: Readonly<Record<BoardCore, Board>> = {
  "cortex-m3": {
    kernels: "portable",
    machine: "mps2-an385",
    compilerFlags: ["-mcpu=cortex-m3", "-mthumb"],
    linkerScript: "mps2.ld",
    counter: mps2Counter,
  },
  "cortex-m4": {
    kernels: "dsp",
    machine: "mps2-an386",
    compilerFlags: ["-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard"],
    linkerScript: "mps2.ld",
    counter: mps2Counter,
  },
  "cortex-m7": {
    kernels: "dsp",
    machine: "mps2-an500",
    compilerFlags: ["-mcpu=cortex-m7", "-mthumb", "-mfloat-abi=hard"],
    linkerScript: "mps2-an500.ld",
    counter: mps2Counter,
  },
  "cortex-m33": {
    kernels: "dsp",
    machine: "mps2-an505",
    compilerFlags: ["-mcpu=cortex-m33", "-mthumb", "-mfloat-abi=hard"],
    linkerScript: "mps2-an505.ld",
    counter: an505Counter,
  },
  "cortex-m55": {
    kernels: "mve",
    machine: "mps3-an547",
    compilerFlags: ["-mcpu=cortex-m55", "-mthumb", "-mfloat-abi=hard"],
    linkerScript: "mps3-an547.ld",
    counter: an547Counter,
  },
};

export const boardCores = Object.keys(boards) as BoardCore[];
