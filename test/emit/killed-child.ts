import { applyPlan } from "../../lib/emit/apply.js";
import { undo } from "../../lib/emit/undo.js";

/**
 * Runs one transaction and is killed at its n-th step: `killed-child.ts <apply|undo> <root> <plan as JSON> <n>`.
 */
const [, , work, root, plan, steps] = process.argv as [string, string, string, string, string, string];
let left = Number(steps);
const onStep = () => {
  if (--left < 0) process.kill(process.pid, "SIGKILL");
};
if (work === "apply") await applyPlan(JSON.parse(plan), { root, onStep });
else await undo(root, { onStep });
