import { expect, test } from "vitest";
import { prune } from "../../lib/index.js";
import { projectMaker, withEval } from "./support/project.js";
const newProject = projectMaker();
test("x", async () => {
  const project = newProject();
  for (let i = 0; i < 2; i++) {
    console.time("p");
    const r = await prune({ ...withEval, keep: 0.5 }, { cwd: project.root });
    console.timeEnd("p");
    console.log(JSON.stringify({...r, files: r.files.length}, null, 1));
  }
  console.time("s");
  const r = await prune({ ...withEval, out: "o2", maxAccuracyDrop: 5 }, { cwd: project.root });
  console.timeEnd("s");
  console.log(JSON.stringify(r.pruned), JSON.stringify(r.gates));
});
