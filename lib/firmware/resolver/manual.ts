import { addMethod } from "../stock-ops.js";
import type { FoundResolver } from "./find.js";
import { addCustom, type Registration } from "./register.js";

/** What to change where dtmm does not dare to, as lines of C++. */
export function linesByHand(
  registrations: readonly Registration[],
  resolver?: FoundResolver,
  drop: readonly string[] = [],
): string[] {
  const receiver = resolver?.calls.at(-1)?.receiver ?? `${resolver?.declaration.name ?? "resolver"}.`;
  const size = resolver?.declaration.type.sizes[0]?.text ?? "N";
  const includes = new Set(registrations.map(({ include }) => `#include ${include}`));
  const calls = registrations.map((registration) => `${addCustom(receiver, registration)};`);
  const isAllOps = resolver?.declaration.type.kind === "all-ops";
  const slots = registrations.length;
  const growth =
    isAllOps || slots === 0 ? [] : [`MicroMutableOpResolver<${size} + ${slots}>  // N grows by ${slots}`];
  const removals = drop.map((op) => `// and ${receiver}${addMethod(op)}() can go`);
  return [...includes, ...growth, ...calls, ...removals];
}
