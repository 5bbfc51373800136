/** Prices of work on a core, from its fitted table. */

import type { BoardCore } from "../board/boards.js";
import { dtmmError } from "../errors/index.js";
import type { CostTable } from "./cost-table.js";
import { cortexM3 } from "./fitted/cortex-m3.js";
import { cortexM4 } from "./fitted/cortex-m4.js";
import { cortexM7 } from "./fitted/cortex-m7.js";
import { cortexM33 } from "./fitted/cortex-m33.js";
import { cortexM55 } from "./fitted/cortex-m55.js";
import { instructionsOf, type KernelSet, type KernelWork } from "./work.js";

export const costTables: Readonly<Record<BoardCore, CostTable>> = {
  "cortex-m3": cortexM3,
  "cortex-m4": cortexM4,
  "cortex-m7": cortexM7,
  "cortex-m33": cortexM33,
  "cortex-m55": cortexM55,
};

/** Instructions of an operator's work in one of the kernel sets, per inference. */
export function instructionsOn(core: BoardCore, set: KernelSet, { kernel, work }: KernelWork): number {
  const fitted = costTables[core].kernels[set][kernel];
  if (fitted === undefined) throw dtmmError("INTERNAL", { what: `no prices of ${set} ${kernel} on ${core}` });
  return instructionsOf(fitted.prices, work);
}
