import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { DemoError } from "./process.mjs";

/** What the demo promises: the share of the dense model's bytes and the points of accuracy that may be lost. */
const MAX_SIZE = 0.6;
const MAX_DROP = 1;

/**
 * Ends the demo with every promise that does not hold: the firmware must have run the very models that the report
 * speaks of, with the accuracy that it states, and they must be small and good enough.
 */
export function checkDemo({ project, dense, pruned, report }) {
  const read = (folder, file) => readFileSync(path.join(folder, file), "utf8");
  const bytes = (file) => statSync(path.join(project.dir, file)).size;
  const failures = [];
  const expect = (holds, text) => {
    if (!holds) failures.push(text);
  };
  const same = (what, firmware, stated) =>
    expect(firmware === stated, `${what}: the firmware says ${firmware}, expected ${stated}`);

  expect(report.verdict === "pass", `the report's verdict is ${report.verdict}`);
  same("dense model bytes", dense.modelBytes, bytes("model/digits_int8.tflite"));
  same("dense model bytes in the report", dense.modelBytes, report.dense.bytes);
  same("pruned model bytes", pruned.modelBytes, bytes("src/model/model.tflite"));
  same("pruned model bytes in the report", pruned.modelBytes, report.pruned.bytes);
  const right = ({ accuracy }) => Math.round(accuracy * dense.samples);
  same("digits right with the dense model", right(dense), right(report.dense));
  same("digits right with the pruned model", right(pruned), right(report.pruned));
  expect(
    read(project.dir, "src/main.cc") !== read(project.example, "src/main.cc"),
    "the op resolver in src/main.cc was not patched",
  );
  expect(
    pruned.modelBytes <= MAX_SIZE * dense.modelBytes,
    `the pruned model has ${pruned.modelBytes} bytes, more than ${100 * MAX_SIZE} % of ${dense.modelBytes}`,
  );
  expect(
    right(dense) - right(pruned) <= (MAX_DROP / 100) * dense.samples,
    `${right(pruned)} instead of ${right(dense)} of ${dense.samples} digits are right: more than ${MAX_DROP} point lost`,
  );
  if (failures.length > 0) throw new DemoError(`not as it should be:\n  ${failures.join("\n  ")}`);
}
