/** Which edges the written file has, and what they cost of the limits. */

import type { Goal } from "./candidate.js";
import { edged, type FloatEdges } from "./float-edges.js";
import type { ImportedModel } from "./import.js";
import type { PruneOptions } from "./options/types.js";
import { modelFacts, type RunContext, type WrittenModel } from "./runs.js";
import { writeModel } from "./tflite/writer.js";

/** The float edges of what is written out; undefined where input and output are int8. */
export function edgesFor(
  { file }: ImportedModel,
  { floatEdges }: Pick<PruneOptions, "floatEdges">,
): FloatEdges | undefined {
  if (floatEdges === undefined) return file?.edges;
  return floatEdges ? { input: true, output: true } : undefined;
}

/** The goal of the model between float edges: less what these take of flash and arena. */
export async function withinEdges(
  goal: Goal,
  { model }: ImportedModel,
  edges: FloatEdges | undefined,
  context: Pick<RunContext, "pool" | "signal" | "arenaMeter">,
): Promise<Goal> {
  if (edges === undefined || (goal.flash === undefined && goal.arena === undefined)) return goal;
  const inner = { model, bytes: writeModel(model, { share: true }) };
  const file = edged(inner, edges, true);
  const arenaOf = async (one: WrittenModel) =>
    (await context.arenaMeter?.(one))?.bytes ?? (await modelFacts(one, context)).arenaBytes;
  const { flash, arena } = goal;
  return {
    ...goal,
    flash: flash && flash - (file.bytes.length - inner.bytes.length),
    arena: arena && arena - ((await arenaOf(file)) - (await arenaOf(inner))),
  };
}
