import { type BoardTool, boardTool } from "../board/tools.js";
import { DtmmError } from "../errors/index.js";
import { findBuildTool, findCCompiler, findCmake, findCxxCompiler, findEigen } from "../native/compiler.js";
import type { DoctorResult } from "../report/doctor-result.js";
import { findCargo } from "../tflm/crate.js";

type MachinePart = DoctorResult["machine"][number];

interface Check extends Pick<MachinePart, "name" | "purpose" | "needed"> {
  /** Throws the coded error that the work itself would end with. */
  find: (env: NodeJS.ProcessEnv) => string;
}

const interpreter = "the TFLM interpreter, built on first use";
const board = "dtmm bench and --arena-target, on emulated boards";

const onBoard = (tool: BoardTool): Check => ({
  name: tool,
  purpose: board,
  needed: false,
  find: (env) => boardTool(tool, env),
});

/** @param usesCrate whether the TFLM tree is the default crate, which cargo brings */
function checks(usesCrate: boolean): Check[] {
  return [
    { name: "node", purpose: "dtmm itself", needed: true, find: () => process.version },
    { name: "C compiler", purpose: interpreter, needed: true, find: (env) => firstLine(findCCompiler(env)) },
    {
      name: "C++ compiler",
      purpose: interpreter,
      needed: true,
      find: (env) => firstLine(findCxxCompiler(env)),
    },
    { name: "cmake", purpose: interpreter, needed: true, find: findCmake },
    { name: "ninja or make", purpose: interpreter, needed: true, find: findBuildTool },
    { name: "Eigen", purpose: "linear algebra", needed: true, find: findEigen },
    { name: "cargo", purpose: "the default TFLM tree", needed: usesCrate, find: findCargo },
    onBoard("arm-none-eabi-gcc"),
    onBoard("arm-none-eabi-g++"),
    onBoard("qemu-system-arm"),
  ];
}

function firstLine({ version }: { version: string }): string {
  return version.split("\n", 1)[0]!;
}

/** What of all that dtmm needs is on this machine. */
export function examineMachine(usesCrate: boolean, env: NodeJS.ProcessEnv = process.env): MachinePart[] {
  return checks(usesCrate).map(({ find, ...part }) => {
    try {
      return { ...part, found: find(env) };
    } catch (error) {
      if (!(error instanceof DtmmError)) throw error;
      return { ...part, problem: error.message, remedy: error.hint };
    }
  });
}
