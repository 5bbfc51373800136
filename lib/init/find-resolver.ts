import { DtmmError } from "../errors/index.js";
import { planPatch } from "../firmware/patch.js";
import { customOps, registrationsFor } from "../firmware/registrations.js";
import { findResolverFiles } from "../firmware/resolver/scan.js";
import { type Findings, placeOf, textOf } from "./finding.js";

const declaration = /MicroMutableOpResolver\s*<|AllOpsResolver\s+\w|AllOpsResolver>/;

/** The sources whose op resolver dtmm can patch, found by working the patch out. */
export async function findResolvers(root: string, ignore: string[]): Promise<Findings<string>> {
  const found: Findings<string> = { candidates: [], notes: [] };
  const registrations = registrationsFor(customOps);
  for (const path of await findResolverFiles(root, { ignore })) {
    try {
      await planPatch({ root, resolverFile: path, registrations });
      const place = placeOf(path, (await textOf(root, path)) ?? "", declaration);
      found.candidates.push({ value: path, reason: `${place} declares it` });
    } catch (error) {
      if (!(error instanceof DtmmError) || error.code === "PATCH_EDITED") throw error;
      // A source that only names the type is nothing to speak of; one with a line has a resolver.
      if (/:\d+: /.test(error.message)) found.notes.push(error.message);
    }
  }
  return found;
}
