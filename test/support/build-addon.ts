/** Builds the addon once before the tests, or finds it in the cache; the tests ask for its path. */

import type { TestProject } from "vitest/node";
import { ensureAddon } from "../../lib/native/build.js";
import { locateTflm } from "../../lib/tflm/locate.js";

export default async function setup(project: TestProject): Promise<void> {
  let last = "";
  const tree = await locateTflm();
  const addonPath = await ensureAddon({
    tflm: tree,
    progress: (step, fraction) => {
      const line = `${step} ${Math.floor(4 * (fraction ?? 0)) * 25} %`;
      if (line !== last) console.log(line);
      last = line;
    },
  });
  project.provide("addonPath", addonPath);
}

declare module "vitest" {
  export interface ProvidedContext {
    addonPath: string;
  }
}
