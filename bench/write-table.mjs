// Writes a fitted cost table as a source file of the package.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Replaces `lib/latency/fitted/<core>.ts`. */
export function writeTable(core, table) {
  const file = join(root, "lib", "latency", "fitted", `${core}.ts`);
  const name = core.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
  writeFileSync(
    file,
    `/** Instructions of the kernels, counted and fitted by \`node bench/fit-costs.mjs\`; not to be edited by hand. */

import type { CostTable } from "../cost-table.js";

export const ${name}: CostTable = ${JSON.stringify(table)};
`,
  );
  execFileSync("npx", ["biome", "check", "--write", file], { cwd: root });
}
