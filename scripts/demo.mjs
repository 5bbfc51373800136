// `npm run demo`: the digits firmware before and after `npm run prune`, built and run for real on this machine.
// Works on a copy of examples/digits in build/demo; exits 1 when anything is not as it should be.

import { readFileSync } from "node:fs";
import path from "node:path";
import { checkDemo } from "./demo/checks.mjs";
import { buildFirmware, runFirmware } from "./demo/firmware.mjs";
import { DemoError, needTools, run } from "./demo/process.mjs";
import { prepareProject, readLabels } from "./demo/project.mjs";
import { printComparison } from "./demo/table.mjs";
import { findTree } from "./demo/tree.mjs";

const step = (text) => console.log(`\n== ${text}`);

async function main() {
  needTools();
  const tree = await findTree();

  step(`The project: a copy of examples/digits, TFLM from ${tree.label}`);
  const project = prepareProject();
  run("npm", ["run", "--silent", "data"], { cwd: project.dir, show: true });
  const labels = readLabels(project);

  step("The firmware with the dense model: build, run over the held-out digits");
  buildFirmware(project, tree);
  const dense = runFirmware(project, labels);

  step("npm run prune");
  run("npm", ["run", "prune"], { cwd: project.dir, show: true });

  step("The firmware with the pruned model: rebuild with the patched op resolver, run again");
  buildFirmware(project, tree);
  const pruned = runFirmware(project, labels);

  const report = JSON.parse(readFileSync(path.join(project.dir, "src/model/report.json"), "utf8"));
  step("Before and after, as the firmware itself measured it");
  printComparison({ dense, pruned, report });
  checkDemo({ project, dense, pruned, report });
  console.log(
    `\nEverything is in ${path.relative(process.cwd(), project.dir)}; report: src/model/report.html`,
  );
}

try {
  await main();
} catch (error) {
  // A DemoError and a coded error (of the library, of the file system) say all; anything else is a fault in here.
  if (!(error instanceof DemoError) && error?.code === undefined) throw error;
  console.error(`\ndemo: ${error.message}`);
  if (error.hint) console.error(`  hint: ${error.hint}`);
  process.exitCode = 1;
}
