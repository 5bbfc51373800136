import { readFileSync } from "node:fs";
import { join } from "node:path";
import { kernelDir } from "./compile.js";

/** Names of DtmmStatus in one list of dtmm_status.h, in order. */
function statusesOf(list: string): string[] {
  const header = readFileSync(join(kernelDir, "dtmm_status.h"), "utf8");
  const body = header.slice(header.indexOf(`#define ${list}(X)`)).split("\n\n")[0]!;
  return [...body.matchAll(/X\((\w+),/g)].map((match) => match[1]!);
}

/** What the check of every packed operator can find. */
export const layerStatuses = statusesOf("DTMM_LAYER_STATUSES");

/** What only the check of convolutions can find. */
export const convStatuses = statusesOf("DTMM_CONV_STATUSES");

const registrationStatuses = statusesOf("DTMM_OPERATOR_STATUSES");

/** Names of DtmmStatus by value. */
export const statusNames = ["OK", ...registrationStatuses, ...layerStatuses, ...convStatuses];
