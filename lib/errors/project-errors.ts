import { entry } from "./entry.js";

/** Errors in the user's project: what is written there, and the sources that are patched. */
export const projectErrors = {
  // emit
  ARRAY_NAME_INVALID: entry<{ name: string }>({
    exit: 2,
    message: (d) => `"${d.name}" cannot be the name of the model's C array`,
    hint: () => "Use letters, digits and underscores, and do not begin with a digit.",
  }),
  OUTPUT_NOT_WRITABLE: entry<{ path: string; reason: string }>({
    exit: 2,
    message: (d) => `cannot write ${d.path}: ${d.reason}`,
    hint: () => "Nothing was changed. Check the path, its permissions and the free space.",
  }),
  OUTPUT_INCOMPLETE: entry<{ path: string; reason: string }>({
    exit: 2,
    message: (d) => `${d.path} could not be put in place: ${d.reason}`,
    hint: () =>
      "All files are ready in .dtmm. Remove the cause and run dtmm again: it finishes the work first.",
  }),
  PROJECT_BUSY: entry<{ root: string; lock: string; pid: number }>({
    exit: 2,
    message: (d) => `another dtmm (process ${d.pid}) is writing to ${d.root}`,
    hint: (d) => `Wait for it to end. If no such process is running, delete ${d.lock}.`,
  }),
  STORE_DAMAGED: entry<{ path: string; reason: string }>({
    exit: 2,
    message: (d) => `dtmm's own record ${d.path} is damaged: ${d.reason}`,
    hint: () =>
      "Restore the .dtmm folder from a backup, or delete it; what dtmm wrote can then not be undone.",
  }),
  NOTHING_TO_UNDO: entry<{ root: string }>({
    exit: 2,
    message: (d) => `there is nothing to undo in ${d.root}`,
    hint: () => "dtmm keeps what it needs for this in the folder .dtmm. Check the path.",
  }),
  UNDO_EDITED: entry<{ paths: string[] }>({
    exit: 1,
    message: (d) => `edited since dtmm wrote it: ${d.paths.join(", ")}`,
    hint: () =>
      "Nothing was changed. Save your edits elsewhere, then delete or restore the file and undo again.",
  }),
  // patch
  SOURCE_UNREADABLE: entry<{ path: string; reason: string }>({
    exit: 2,
    message: (d) => `cannot read the source ${d.path}: ${d.reason}`,
    hint: () => "Check the path and its permissions.",
  }),
  RESOLVER_NOT_PATCHABLE: entry<{ path: string; line?: number; reason: string; lines: string[] }>({
    exit: 1,
    message: (d) =>
      `cannot patch the op resolver in ${d.path}${d.line === undefined ? "" : `:${d.line}`}: ${d.reason}`,
    hint: (d) => `Nothing was changed. Add by hand:\n${d.lines.map((line) => `    ${line}`).join("\n")}`,
  }),
  RESOLVER_AMBIGUOUS: entry<{
    resolvers: { name: string; path: string; line: number }[];
    flag: string;
    lines: string[];
  }>({
    exit: 1,
    message: (d) => {
      const names = d.resolvers.map(({ name, path, line }) => `${name} (${path}:${line})`);
      return `several op resolvers could run this model: ${names.join(", ")}`;
    },
    hint: (d) => {
      const lines = d.lines.map((line) => `    ${line}`).join("\n");
      return `Nothing was changed. Name the one that runs it, as in ${d.flag}, or add by hand:\n${lines}`;
    },
  }),
  OPERATOR_WITHOUT_METHOD: entry<{ op: string }>({
    exit: 1,
    message: (d) => `no op resolver can be generated: TFLM's has no Add method for the operator ${d.op}`,
    hint: () =>
      "Nothing was changed. Leave --resolver-header out, and use --patch or the lines that it prints.",
  }),
  PATCH_EDITED: entry<{ path: string; line: number; what: string }>({
    exit: 1,
    message: (d) => `${d.path}:${d.line}: ${d.what}`,
    hint: () => "Nothing was changed. Undo your edit between the dtmm marks, or remove the marks to keep it.",
  }),
  // report
  RESULT_UNWRITABLE: entry<{ path: string; reason: string }>({
    exit: 2,
    message: (d) => `cannot write ${d.path}: ${d.reason}`,
    hint: () => "Give --json and --report a place that exists and may be written to.",
  }),
};
