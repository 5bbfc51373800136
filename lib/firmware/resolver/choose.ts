import { addMethod } from "../stock-ops.js";
import { addsOp, type FoundResolver } from "./find.js";
import { fileOf, lineOf, type ParsedFile } from "./parse.js";
import type { Problem } from "./place.js";

/** The resolver that a user named: all of a file, or one of its names. */
export interface ResolverName {
  /** Relative to the project, with "/" between folders. */
  file: string;
  /** What it is called there, or the line of its declaration without dtmm's patch, where several have one name. */
  name?: string;
}

/** A resolver as messages show it. */
export interface ResolverPlace {
  name: string;
  path: string;
  line: number;
}

export type Choice =
  | { kind: "chosen"; resolvers: FoundResolver[]; notes: string[] }
  | { kind: "several"; resolvers: FoundResolver[] }
  | (Problem & { kind: "none"; path?: string; closest?: FoundResolver });

/** Code that checks the firmware is not the firmware. */
const testPath = /(^|\/)(unit_?)?(tests?|benchmarks?)\/|(^|[/_.-])(tests?|benchmark)(_[^/]*)?\.\w+$/i;

/**
 * The resolvers whose registrations can be extended without guessing: those that the user named, else the one that can
 * have run the model. A resolver without an operator of the model, or without the one that a packed operator stands in
 * for, cannot; tests and benchmarks count only where nothing else registers ops.
 *
 * @param needs stock operators that the model has, by their schema names
 * @param replaced those that packed operators stand in for; without a model, all that could be
 */
export function chooseResolvers(
  found: readonly FoundResolver[],
  files: readonly ParsedFile[],
  {
    names,
    needs,
    replaced,
  }: { names: readonly ResolverName[]; needs: readonly string[]; replaced: readonly string[] },
): Choice {
  if (names.length > 0) return chooseNamed(found, files, names);
  const active = found.filter(isActive);
  const own = active.filter((resolver) => !testPath.test(placeOf(files, resolver).path));
  const candidates = own.length > 0 ? own : active;
  const notes = own.length > 0 ? passedOver(active, own, files) : [];
  if (candidates.length === 1) return { kind: "chosen", resolvers: candidates, notes };
  const all = [...needs, ...replaced];
  const able = candidates.filter((resolver) => missingOps(resolver, all).length === 0);
  const near = candidates.filter((resolver) => missingOps(resolver, replaced).length < replaced.length);
  const likely = [able, near, candidates].find((some) => some.length > 0) ?? [];
  if (likely.length === 1) return { kind: "chosen", resolvers: likely, notes };
  if (likely.length > 0) return { kind: "several", resolvers: likely };
  return noCalls(found);
}

/** Where a resolver is, for messages. */
export function placeOf(files: readonly ParsedFile[], { declaration, calls }: FoundResolver): ResolverPlace {
  const home = fileOf(files, calls[0]?.call ?? declaration.node);
  const isHere = fileOf(files, declaration.node) === home;
  return {
    name: declaration.name,
    path: home.path,
    line: lineOf(isHere ? declaration.node : calls[0]!.call),
  };
}

/** What --resolver takes for the first of several. */
export function flagFor([first, ...others]: readonly ResolverPlace[]): string {
  const isAlone = others.every(({ name, path }) => name !== first!.name || path !== first!.path);
  return `--resolver ${first!.path}:${isAlone ? first!.name : first!.line}`;
}

/** The stock operators that a resolver does not register. */
export function missingOps({ declaration, calls }: FoundResolver, needs: readonly string[]): string[] {
  if (declaration.type.kind === "all-ops") return [];
  return needs.filter((op) => addMethod(op) !== undefined && !calls.some((call) => addsOp(call, op)));
}

function isActive({ calls, declaration }: FoundResolver): boolean {
  return calls.length > 0 || (declaration.type.kind === "all-ops" && declaration.isObject);
}

function chooseNamed(
  found: readonly FoundResolver[],
  files: readonly ParsedFile[],
  names: readonly ResolverName[],
): Choice {
  const resolvers: FoundResolver[] = [];
  for (const { file, name } of names) {
    const inFile = found.filter(({ declaration, calls }) =>
      [declaration.node, ...calls.map(({ call }) => call)].some((node) => fileOf(files, node).path === file),
    );
    const matching = inFile.filter(
      (resolver) =>
        name === undefined || resolver.names.includes(name) || `${placeOf(files, resolver).line}` === name,
    );
    const active = matching.filter(isActive);
    if (active.length > 1) return { kind: "several", resolvers: active };
    if (active[0]) resolvers.push(active[0]);
    else if (matching.length > 0 || name === undefined) return { ...noCalls(matching), path: file };
    else {
      const known = [...new Set(inFile.flatMap((resolver) => resolver.names))].join(", ") || "none";
      return { kind: "none", path: file, reason: `it has no op resolver "${name}"; there is: ${known}` };
    }
  }
  return { kind: "chosen", resolvers: [...new Set(resolvers)], notes: [] };
}

function noCalls(found: readonly FoundResolver[]): Choice & { kind: "none" } {
  const [closest] = found;
  if (!closest) {
    return { kind: "none", reason: "it declares no MicroMutableOpResolver or AllOpsResolver object" };
  }
  const { declaration } = closest;
  const reason = `${declaration.name} has no Add call here that dtmm could go by`;
  return { kind: "none", reason, at: declaration.node, closest };
}

function passedOver(
  active: readonly FoundResolver[],
  own: readonly FoundResolver[],
  files: readonly ParsedFile[],
): string[] {
  const tests = active.filter((resolver) => !own.includes(resolver));
  const paths = [...new Set(tests.map((resolver) => placeOf(files, resolver).path))];
  return paths.map((path) => `${path} registers ops as well; name it with --resolver to patch it, too`);
}
