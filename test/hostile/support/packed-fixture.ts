import { importance } from "../../../lib/importance.js";
import { dietSteps } from "../../../lib/pack/diet-steps.js";
import { type PackedModel, pack } from "../../../lib/pack/index.js";
import { maskOnly } from "../../../lib/prune.js";
import type { RunContext } from "../../../lib/runs.js";
import { buildFrontier, schedule } from "../../../lib/schedule.js";
import { writeModel } from "../../../lib/tflite/writer.js";
import { bytesOf } from "../../support/interpreter.js";
import { convModelValue, type ModelSpec, randomInputs } from "../../support/models.js";

/** The model of `spec` with half of its filterlets gone, packed. */
export async function packedFixture(spec: ModelSpec, context: RunContext): Promise<PackedModel> {
  const model = convModelValue(spec);
  const calibration = { samples: 8, bytes: bytesOf(randomInputs(spec, 8)) };
  const bytes = writeModel(model);
  const worth = await importance({ model, bytes, calibration, loss: "classes", seed: 1, ...context });
  return pack(maskOnly(model, worth, schedule(buildFrontier(worth), 0.5)), dietSteps);
}
