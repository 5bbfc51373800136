import type { CommandName } from "../options/entry.js";
import type { CommandAction } from "./outcome.js";

interface CommandInfo<C extends CommandName> {
  /** One sentence for help. */
  summary: string;
  /** Loads the command's code: only then is anything big imported. */
  load: () => Promise<CommandAction<C>>;
}

/** The commands, in the order of help. */
export const commands: { readonly [C in CommandName]: CommandInfo<C> } = {
  prune: {
    summary: "Prune a model, prove it in the TFLM interpreter, and write out what the firmware needs.",
    load: async () => (await import("./prune.js")).pruneCommand,
  },
  validate: {
    summary: "Run a pruned model against its dense original and check the limits.",
    load: async () => (await import("./validate.js")).validateCommand,
  },
  compare: {
    summary: "Compare pruning methods on a model at equal accuracy: bytes, memory and counted instructions.",
    load: async () => (await import("./compare.js")).compareCommand,
  },
  patch: {
    summary: "Add the kernels to the project's op resolver, check that they are there, or undo.",
    load: async () => (await import("./patch.js")).patchCommand,
  },
  inspect: {
    summary: "List a model's layers, where its bytes are, and the arena it needs; or preview recorded data.",
    load: async () => (await import("./inspect.js")).inspectCommand,
  },
  bench: {
    summary: "Count the instructions of every layer on an emulated Cortex-M, in TFLM and in CMSIS-NN.",
    load: async () => (await import("./bench.js")).benchCommand,
  },
  init: {
    summary:
      "Find model, TFLM, op resolver, build and core of the project, and write dtmm.config and the prune script.",
    load: async () => (await import("./init.js")).initCommand,
  },
  doctor: {
    summary: "Say what this machine lacks, which TFLM tree is used, what it offers, and what to do.",
    load: async () => (await import("./doctor.js")).doctorCommand,
  },
};
