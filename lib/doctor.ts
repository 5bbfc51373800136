/** `dtmm doctor`: what is on this machine, which TFLM tree would be used and what it offers, and what to do. */

import { existsSync } from "node:fs";
import type { Context } from "./context.js";
import { examineMachine } from "./doctor/machine.js";
import { findTreeTraits } from "./doctor/tree-facts.js";
import { DtmmError } from "./errors/index.js";
import { addonPlace } from "./native/build.js";
import { findToolchain } from "./native/compiler.js";
import { withInterpreter } from "./native/open.js";
import type { DoctorOptions } from "./options/types.js";
import type { DoctorResult } from "./report/doctor-result.js";
import { schemaVersion } from "./report/schema-version.js";
import { compilable, type FoundTree, findTflm } from "./tflm/locate.js";

type Problem = DoctorResult["problems"][number];

/**
 * Examines machine and tree with the very code that a prune finds them with. Compiles one file, unless its answer is
 * known; with `build`, the interpreter too.
 *
 * @throws what is no finding about machine or tree: an unwritable cache, `signal.reason` after an abort
 */
export async function doctor(options: DoctorOptions, context: Context): Promise<DoctorResult> {
  const problems: Problem[] = [];
  /** Runs one step; a coded error becomes a finding. */
  const attempt = async <T>(step: () => Promise<T> | T): Promise<T | undefined> => {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof DtmmError)) throw error;
      problems.push({ code: error.code, message: error.message, remedy: error.hint });
      return undefined;
    }
  };
  const stage = context.progress.stage("doctor", "Examining machine and TFLM tree");
  const { signal } = context;
  const wish = { ...options.tflm, thirdParty: options.tflmThirdParty };
  const usesCrate = !wish.dir && !wish.archive && !process.env.TFLM_DIR;
  const machine = examineMachine(usesCrate);
  // What these lack is told part by part.
  const machineReady = machine.every(({ needed, problem }) => !needed || problem === undefined);

  const found = await attempt(() => findTflm(wish, (step) => stage.update(Number.NaN, step), signal));
  const tree = found && (await attempt(() => compilable(found)));
  const toolchain = machineReady ? findToolchain() : undefined;
  const place = tree && toolchain && addonPlace(tree, toolchain);
  stage.update(Number.NaN, "asking the headers");
  const traits = place && (await attempt(() => findTreeTraits(tree, toolchain!, place.keys.addon, signal)));
  stage.done();
  const operators =
    options.build && traits
      ? await attempt(() =>
          withInterpreter({ ...options, workers: 1 }, context, async ({ facts }) => facts.operators),
        )
      : undefined;
  return {
    schemaVersion,
    ready: machineReady && problems.length === 0,
    machine,
    ...(found === undefined
      ? {}
      : {
          tree: {
            ...describeFound(found),
            built: place !== undefined && existsSync(place.addon),
            ...(operators === undefined ? {} : { operators }),
            ...(traits === undefined ? {} : { traits }),
          },
        }),
    problems: usesCrate ? problems.filter(({ code }) => code !== "CARGO_MISSING") : problems,
  };
}

function describeFound({ root, label, origin, namespace, hasSources, thirdParty }: FoundTree) {
  const { pieces, looked } = thirdParty;
  return { root, label, origin, namespace, hasSources, thirdParty: pieces, looked };
}
