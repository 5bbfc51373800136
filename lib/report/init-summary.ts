import type { InitResult } from "../init/index.js";

/** What init found and why, and what comes next. */
export function initSummary({ findings, missing, changed, dryRun }: InitResult): string {
  const width = Math.max(0, ...[...findings, ...missing].map(({ key }) => key.length));
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  const lines = [
    ...findings.map(({ key, value, reason }) => `${key.padEnd(width)}  ${text(value)}  (${reason})`),
    ...missing.map(({ key, reason }) => `${key.padEnd(width)}  not found: ${reason}`),
  ];
  const done = dryRun ? "Would write" : "Wrote";
  lines.push(changed.length === 0 ? "Nothing to write." : `${done} ${changed.join(" and ")}.`);
  if (changed.length > 0 && !dryRun) lines.push("Next: npm install --save-dev dtmm, then npm run prune.");
  return `${lines.join("\n")}\n`;
}
