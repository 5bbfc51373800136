import { change, count } from "./format.js";
import type { ValidateResult } from "./result.js";

/** Arena on the host, and on the target where it was measured. */
export function arenaRows({ dense, pruned }: Pick<ValidateResult, "dense" | "pruned">): string[][] {
  const row = (name: string, before: number, after: number) => [
    name,
    count(before),
    count(after),
    change(before, after),
  ];
  const host = row("arena bytes, host", dense.arenaBytes, pruned.arenaBytes);
  const [before, after] = [dense.arenaTarget, pruned.arenaTarget];
  if (before === undefined || after === undefined) return [host];
  return [host, row("arena bytes, target", before.bytes, after.bytes)];
}

/** How the target's arena was found, as half a sentence; empty where it was not. */
export function arenaNote({ pruned }: Pick<ValidateResult, "pruned">): string {
  return pruned.arenaTarget === undefined ? "" : `; target's arena: ${pruned.arenaTarget.from}`;
}
