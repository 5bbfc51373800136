/** Float models and their int8 forms, run in the TFLM interpreter on the same real inputs. */

import { silentProgress } from "../../lib/progress/progress.js";
import type { RangeRule } from "../../lib/quantise/range.js";
import { quantiseModel } from "../../lib/quantise.js";
import { modelFacts, runModel, written } from "../../lib/runs.js";
import { realOutputs } from "../../lib/scoring.js";
import type { Model } from "../../lib/tflite/model.js";
import type { usePool } from "../support/interpreter.js";
import { type ModelSpec, randomInputs } from "../support/models.js";

type Native = ReturnType<typeof usePool>;

const samples = 40;

/** Inputs of a spec as real values, and as the float model takes them. */
function realInputs(spec: ModelSpec) {
  const values = Float32Array.from(randomInputs(spec, samples, 3), (q) => (q * 2) / 255);
  return { samples, bytes: new Uint8Array(values.buffer), values };
}

/** A model value as it comes out of import. */
export function imported(model: Model) {
  return { path: "float.tflite", sha256: "", ...written(model) };
}

/** The int8 model of a float one, calibrated on the inputs that `outputsOf` runs. */
export function quantised(
  model: Model,
  spec: ModelSpec,
  native: Native,
  { rule = "minmax", equalise = false }: { rule?: RangeRule; equalise?: boolean } = {},
) {
  const progress = silentProgress.stage("quantise");
  const calibration = realInputs(spec);
  return quantiseModel({
    ...native.context,
    imported: imported(model),
    calibration,
    rule,
    equalise,
    progress,
  });
}

/** Real outputs of a model on the real inputs. */
export async function outputsOf(model: Model, spec: ModelSpec, native: Native): Promise<Float32Array> {
  const file = written(model);
  const facts = await modelFacts(file, native.context);
  const { values, bytes } = realInputs(spec);
  const { type, scale, zeroPoint } = facts.inputs[0]!;
  const integers = Int8Array.from(values, (value) =>
    Math.max(-128, Math.min(127, Math.round(value / scale) + zeroPoint)),
  );
  const inputs = type === "FLOAT32" ? bytes : new Uint8Array(integers.buffer);
  const run = await runModel(file, { samples, bytes: inputs }, native.context);
  return realOutputs(run.outputs, facts.outputs[0]!, samples).values;
}

/** Largest difference of two arrays. */
export function worst(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}
