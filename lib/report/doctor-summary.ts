import type { DoctorResult } from "./doctor-result.js";
import { textTable } from "./text-table.js";

/** The result of a doctor for the terminal: the machine, the tree, what to do. */
export function doctorSummary(result: DoctorResult): string {
  const parts = [machineTable(result), treeLines(result), adviceLines(result)];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function machineTable({ machine }: DoctorResult): string {
  const rows = machine.map(({ name, found, needed, purpose }) => [
    name,
    found ?? (needed ? "MISSING" : "missing, not needed to prune"),
    purpose,
  ]);
  return textTable([["machine", "found", "for"], ...rows], [0, 1, 2]);
}

function treeLines({ tree }: DoctorResult): string {
  if (tree === undefined) return "";
  const { traits } = tree;
  const pieces = tree.thirdParty.map(({ name, includeDir, version, wanted, needed }) => [
    name,
    includeDir === undefined
      ? `${needed ? "MISSING" : "missing, not needed"}${wanted === undefined ? "" : ` (version ${wanted})`}`
      : `${version === undefined ? "" : `${version} in `}${includeDir}`,
  ]);
  const rows = [
    ["TFLM tree", tree.root],
    ["named by", tree.origin],
    ["namespace", tree.namespace],
    ...pieces,
    ...(traits === undefined
      ? []
      : [
          ["layout", `${traits.layout}, ${traits.sources} sources for the host`],
          ["optimised kernels", traits.optimisedKernels.join(", ") || "none"],
          ["CMSIS-NN", traits.cmsisNn],
          ["registration", `${traits.registration}, found ${traits.findOp}`],
          ["interpreter", traits.interpreter],
          ["all operators by", traits.allOps],
          ["without a kernel", traits.leftOutOps.join(", ") || "none"],
          ["persistent memory", traits.persistentMemory],
          ["scratch memory", traits.scratchMemory],
          ["tensors in Eval", traits.evalTensors],
          ["log", traits.debugLog],
        ]),
    ["interpreter built", builtNote(tree)],
  ];
  return textTable(rows, [0, 1]);
}

function builtNote({ built, operators, traits }: NonNullable<DoctorResult["tree"]>): string {
  if (traits === undefined) return "no";
  if (operators !== undefined) return `yes, with ${operators} operators`;
  return built ? "yes" : "not yet; the first run does it, which takes minutes";
}

function adviceLines({ machine, problems, ready }: DoctorResult): string {
  const lacking = machine.filter(({ needed, problem }) => needed && problem !== undefined);
  const advice = [
    ...lacking.map(({ problem, remedy }) => `- ${problem}\n  ${remedy}`),
    ...problems.map(({ message, remedy }) => `- ${message}\n  ${remedy}`),
  ];
  return ready ? "dtmm prune can run." : `To do before dtmm prune can run:\n${advice.join("\n")}`;
}
