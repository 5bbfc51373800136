import type { WeightLayer } from "../../../lib/layers.js";
import { dietSteps } from "../../../lib/pack/diet-steps.js";
import { type PackedModel, pack } from "../../../lib/pack/index.js";
import type { PruningUnit } from "../../../lib/unit.js";
import { randomlyPruned } from "../../pack/support/randomly-pruned.js";
import { convModelValue, type ModelSpec } from "../../support/models.js";

/** The model of `spec` with half of its groups gone, packed; `unitOf` as of `randomlyPruned`. */
export function packedFixture(
  spec: ModelSpec,
  unitOf: (layer: WeightLayer) => PruningUnit | undefined,
): PackedModel {
  return pack(randomlyPruned(convModelValue(spec), 0.5, unitOf), dietSteps);
}
