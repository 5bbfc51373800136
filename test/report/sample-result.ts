import type { PruneResult } from "../../lib/report/result.js";

const sha256 = "0123456789abcdef".repeat(4);

/** Three activations; the first two are alive together. */
const arena = {
  arenaBytes: 20_000,
  plannedBytes: 12_000,
  tensors: [
    { tensor: 0, offset: 0, bytes: 4_000, first: 0, last: 0 },
    { tensor: 5, offset: 4_000, bytes: 8_000, first: 0, last: 1 },
    { tensor: 6, offset: 0, bytes: 4_000, first: 1, last: 1 },
  ],
  steps: [
    { op: "CONV_2D", liveBytes: 11_000 },
    { op: "SOFTMAX", liveBytes: 12_000 },
  ],
};

/** A result with a packed and a dense layer, every optional part, and texts that try to break out of HTML. */
export function sampleResult(changes: Partial<PruneResult> = {}): PruneResult {
  return {
    schemaVersion: 1,
    method: "filterlet",
    target: "generic",
    seed: 1,
    verdict: "pass",
    model: { path: 'models/<script>alert("1")</script>.tflite', sha256 },
    dense: { bytes: 100_000, arenaBytes: 20_000, accuracy: 0.9, samples: 400 },
    pruned: { bytes: 54_000, arenaBytes: 20_500, accuracy: 0.8925, agreement: 0.96, keptWeights: 0.5 },
    gates: [{ name: "maxAccuracyDrop", limit: 1, value: 0.75, pass: true }],
    layers: [
      {
        index: 0,
        op: "DTMM_FILTERLET_CONV_2D",
        shape: [16, 3, 3, 8],
        kept: 0.375,
        denseBytes: 1280,
        packedBytes: 594,
        indexBytes: 18,
        bitExact: true,
        // Two filters: one with its first position whole and half of the second, one with all.
        keptMap: Buffer.from([255, 128, 0, 0, 0, 0, 0, 0, 0, ...new Array<number>(9).fill(255)]).toString(
          "base64",
        ),
        predicted: { dense: 900_000, pruned: 300_000 },
      },
      {
        index: 2,
        op: "CONV_2D",
        shape: [8, 1, 1, 16],
        kept: 1,
        denseBytes: 160,
        packedBytes: 160,
        indexBytes: 0,
        bitExact: true,
        denseReason: "it would grow & grow",
      },
    ],
    files: [{ path: "dtmm-out/model.tflite", bytes: 54_000, sha256 }],
    seconds: {
      import: 0.1,
      quantise: 0,
      importance: 2,
      schedule: 0.2,
      prune: 0.3,
      finetune: 0,
      pack: 0.1,
      validate: 4,
      emit: 0.1,
    },
    evaluation: { path: "data/eval.npy", samples: 400, accuracyMeans: "labels" },
    proof: { treeSamples: 64, hostSamples: 336, strays: [] },
    diet: [{ step: "names", bytes: 1234 }],
    pareto: [
      {
        origin: "forecast",
        keptWeights: 0.9,
        bytes: 95_000,
        predictedLoss: 0.01,
        arenaBytes: 1,
        predictedLatency: 1,
      },
      ...(["tried", "result"] as const).map((origin, i) => ({
        ...{ origin, keptWeights: 0.6 - 0.1 * i, bytes: 60_000 - 6_000 * i, predictedLoss: 0.1 + i },
        ...{ arenaBytes: 1, predictedLatency: 0.6, accuracy: 0.9 - 0.0075 * i },
      })),
    ],
    bytesByKind: {
      dense: { weights: 80_000, index: 0, records: 2_000, metadata: 18_000 },
      pruned: { weights: 40_000, index: 3_000, records: 4_000, metadata: 7_000 },
    },
    arena: { dense: arena, pruned: arena },
    tflm: {
      label: "tfmicro 0.1.0",
      root: "/trees/tfmicro",
      operators: 80,
      registration: "TfLiteRegistration",
    },
    warnings: ["operator 2 stays dense: it would grow & grow"],
    ...changes,
  };
}
