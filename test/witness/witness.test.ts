import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../lib/native/paths.js";
import { type RunContext, runModel } from "../../lib/runs.js";
import { readModel } from "../../lib/tflite/reader.js";
import { usePool } from "../support/interpreter.js";
import { convModel, everyLayer, type ModelSpec } from "../support/models.js";
import { readSample, sampleNames, samplesReason, withoutSamples } from "../tflite/samples.js";
import { makeVariants, noiseInputs, type VariantName, variantNames } from "./variants.js";
import { askWitness, type WitnessJob, witnessAvailable, witnessReason, witnessRequired } from "./witness.js";

const samples = 12;

/** Strides, dilation, both paddings and kernels that are not square. */
const geometries: ModelSpec = {
  seed: 21,
  input: [1, 17, 14, 5],
  layers: [
    { kind: "conv", filters: 7, kernel: [5, 2], stride: [2, 1], activation: "RELU" },
    { kind: "conv", filters: 9, kernel: [3, 3], dilation: [2, 1], padding: "VALID", activation: "RELU6" },
    { kind: "depthwise", kernel: [3, 3], multiplier: 2, stride: 2 },
    { kind: "conv", filters: 6, kernel: [1, 3], padding: "VALID" },
    { kind: "reshape" },
    { kind: "fullyConnected", outputs: 8 },
  ],
};

const models: Record<string, () => Uint8Array> = {
  "every kind of layer": () => convModel(everyLayer),
  "unusual geometries": () => convModel(geometries),
  digits: () => new Uint8Array(readFileSync(join(packageRoot, "examples/digits/model/digits_int8.tflite"))),
};
const realModels = sampleNames.filter((name) => name.endsWith("_int8.tflite"));
for (const name of realModels) models[name] = () => readSample(name);

/** Output 0 over all samples, from both interpreters. */
interface Answers {
  model: string;
  variant: VariantName;
  ours: Uint8Array;
  witness: Uint8Array;
}

/** What both interpreters say to every variant of every model; the witness is asked once for all. */
async function collectAnswers(context: RunContext): Promise<Answers[]> {
  const asked: (Omit<Answers, "witness"> & { job: WitnessJob })[] = [];
  for (const [name, read] of Object.entries(models)) {
    const original = read();
    const inputs = noiseInputs(readModel(original), samples, 2);
    const variants = await makeVariants(original, context);
    for (const variant of variantNames) {
      const { ours: bytes, witness } = variants[variant];
      const run = await runModel({ model: readModel(bytes), bytes }, { samples, bytes: inputs }, context);
      asked.push({ model: name, variant, ours: run.outputs, job: { model: witness, inputs, samples } });
    }
  }
  const outputs = askWitness(asked.map(({ job }) => job));
  return asked.map(({ job: _, ...answers }, index) => ({ ...answers, witness: outputs[index]! }));
}

test.skipIf(!witnessRequired)("the witness is installed (required in CI on Linux x86-64)", () => {
  expect(witnessAvailable, "build/witness is missing: scripts/setup.sh makes it").toBe(true);
});

test.skipIf(withoutSamples)(`the real int8 models take part${samplesReason}`, () => {
  expect(realModels).toHaveLength(4);
});

describe.skipIf(!witnessAvailable)(`the official interpreter${witnessReason}`, () => {
  const native = usePool();
  let answers: Answers[];

  beforeAll(async () => {
    answers = await collectAnswers(native.context);
  }, 240_000);

  describe.each(Object.keys(models))("%s", (model) => {
    const answersTo = (variant: VariantName) =>
      answers.find((candidate) => candidate.model === model && candidate.variant === variant)!;

    test.each(variantNames)("%s: the same bytes as ours", (variant) => {
      const { ours, witness } = answersTo(variant);
      expect(witness).toEqual(ours);
    });

    test("what is lossless answers as the original does, masks alone do not, nor as a refit does", () => {
      const original = answersTo("original").witness;
      for (const variant of ["written", "shared", "dieted"] as const) {
        expect(answersTo(variant).witness, variant).toEqual(original);
      }
      expect(answersTo("masked").witness).not.toEqual(original);
      expect(answersTo("pruned").witness).not.toEqual(answersTo("masked").witness);
    });

    test("its answers differ from input to input", () => {
      const { witness } = answersTo("original");
      const size = witness.length / samples;
      const rows = Array.from({ length: samples }, (_, i) => witness.slice(i * size, (i + 1) * size).join());
      expect(new Set(rows).size).toBeGreaterThan(samples / 4);
    });
  });
});
