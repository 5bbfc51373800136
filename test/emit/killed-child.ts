/**
 * Runs one transaction and is killed at its n-th step: `killed-child.ts <apply|undo> <root> <plan as JSON> <n>`.
 */
const [, , work, root, plan, steps] = process.argv as [string, string, string, string, string, string];
let left = Number(steps);
const onStep = () => {
  if (--left < 0) process.kill(process.pid, "SIGKILL");
};
// Loaded on demand: this script starts some forty times.
if (work === "apply") {
  const { applyPlan } = await import("../../lib/emit/apply.js");
  await applyPlan(JSON.parse(plan), { root, onStep });
} else {
  const { undo } = await import("../../lib/emit/undo.js");
  await undo(root, { onStep });
}
