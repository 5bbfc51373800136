// Modelled cycles of a program on a Cortex-M4, from Arm's Technical Reference Manual (DDI 0439, instruction timing), without
// wait states: a load 2 cycles, 1 behind another load or store; LDM, STM, PUSH, POP, LDRD and STRD a cycle and one per register;
// a division 12, the most it can take; everything else 1; and 2 more for every branch that is taken.

import { execFileSync } from "node:child_process";
import { boardTool } from "../dist/board/tools.js";

const takenBranch = 2;
const division = 12;

/** Registers of a list such as {r4, r6-r8, lr}. */
function listed(operands) {
  const list = /\{(.*)\}/.exec(operands)[1].split(",");
  return list.reduce((count, entry) => {
    const [from, to] = entry
      .trim()
      .split("-")
      .map((name) => registerNumber(name));
    return count + (to === undefined ? 1 : to - from + 1);
  }, 0);
}

const registerNumber = (name) =>
  ({ sl: 10, fp: 11, ip: 12, sp: 13, lr: 14, pc: 15 })[name] ?? Number(name.slice(1));

const isSingle = (mnemonic) =>
  /^(ldr|str)(?!ex|d$|d\.|d(eq|ne|[cv][cs]|mi|pl|hi|ls|ge|lt|gt|le))/.test(mnemonic);

function cyclesOf({ mnemonic, operands }, before) {
  if (/^(ldm|stm|push|pop)/.test(mnemonic)) return 1 + listed(operands);
  if (/^ldr/.test(mnemonic) && isSingle(mnemonic)) return before && isSingle(before.mnemonic) ? 1 : 2;
  if (/^(ldrd|strd)/.test(mnemonic)) return 3;
  return /^[su]div/.test(mnemonic) ? division : 1;
}

/** The instructions of a program in the order of their addresses. */
function disassemble(program) {
  const objdump = boardTool("arm-none-eabi-gcc").replace(/gcc$/, "objdump");
  const text = execFileSync(objdump, ["-d", "--no-show-raw-insn", program], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return [...text.matchAll(/^ *([0-9a-f]+):\t(\S+)(?:\t(.*))?$/gm)].map(
    ([, address, mnemonic, operands]) => ({
      address: Number.parseInt(address, 16),
      mnemonic,
      operands: operands ?? "",
    }),
  );
}

/** A program whose calls of one function can be looked into. */
export function readProgram(program, functionName) {
  const code = disassemble(program);
  const places = new Map(code.map(({ address }, i) => [address, i]));
  const calls = code.flatMap((instruction, i) =>
    /^bl(\.\w+)?$/.test(instruction.mnemonic) && instruction.operands.includes(`<${functionName}>`)
      ? [i]
      : [],
  );
  if (calls.length !== 1)
    throw new Error(`${functionName} is called at ${calls.length} places of ${program}`);
  return {
    begin: Number.parseInt(code[calls[0]].operands, 16),
    end: code[calls[0] + 1].address,
    /** Instructions and cycles by what the plugin wrote. */
    count(text) {
      const [first, ...lines] = text.trim().split("\n");
      const total = { instructions: 0, cycles: takenBranch * Number(first.split(" ")[1]) };
      for (const line of lines) {
        const [start, instructions, count] = line.split(" ");
        const first = places.get(Number.parseInt(start, 16));
        for (let i = first; i < first + Number(instructions); i++) {
          total.instructions += Number(count);
          total.cycles += Number(count) * cyclesOf(code[i], code[i - 1]);
        }
      }
      return total;
    },
  };
}
