import { workOutPatch } from "../firmware/patch.js";
import { customOps, registrationsFor } from "../firmware/registrations.js";
import { type Findings, placeOf } from "./finding.js";

/**
 * The op resolver that dtmm would patch, found by working the patch out; several where only the user can choose.
 *
 * @returns values as --resolver takes them
 */
export async function findResolvers(root: string, ignore: string[]): Promise<Findings<string>> {
  const { sources, patch } = await workOutPatch({ root, ignore, registrations: registrationsFor(customOps) });
  if (patch.kind === "several") {
    const candidates = patch.resolvers.map(({ name, path, line }) => ({
      value: `${path}:${name}`,
      reason: `${path}:${line} declares it`,
    }));
    return { candidates, notes: [] };
  }
  if (patch.kind === "manual") {
    // Where no source has a resolver there is nothing to speak of.
    const notes = patch.path === undefined ? [] : [`${patch.path}:${patch.line ?? 1}: ${patch.reason}`];
    return { candidates: [], notes };
  }
  const home = patch.sources.find(({ text }) => /dtmm:begin register/.test(text))!;
  const { text } = sources.find(({ path }) => path === home.path)!;
  const place = placeOf(home.path, text, /\bAdd[A-Z]\w*\(|AllOpsResolver/);
  return { candidates: [{ value: home.path, reason: `${place} registers the ops` }], notes: patch.notes };
}
