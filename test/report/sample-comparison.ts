import type { ComparePoint, CompareResult } from "../../lib/report/compare-result.js";

const kinds = (bytes: number) => ({ weights: bytes - 3_000, index: 1_000, records: 1_000, metadata: 1_000 });

/** A point at which a method loses so many points. */
export function samplePoint(
  changes: Partial<ComparePoint> & Pick<ComparePoint, "method" | "bytes" | "drop">,
): ComparePoint {
  const { bytes, drop } = changes;
  return {
    ...{ model: "tiny <b>", target: "cortex-m4", recovery: "refit", seed: 1, share: 0.5, keptWeights: 0.5 },
    ...{
      bytesByKind: kinds(bytes),
      arenaBytes: 20_000,
      accuracy: 0.9 - drop / 100,
      agreement: 0.95,
      bitExact: true,
    },
    layers: [
      { index: 0, op: "CONV_2D", shape: [16, 3, 3, 3], kept: 0.5, instructions: 1000 },
      { index: 1, op: "SOFTMAX", shape: [], kept: 1, instructions: 10 },
    ],
    ...changes,
  };
}

/** A comparison of two methods on one model, with a cell that the baseline wins and a share that it cannot do. */
export function sampleComparison(changes: Partial<CompareResult> = {}): CompareResult {
  const cell = {
    model: "tiny <b>",
    target: "cortex-m4",
    recovery: "refit",
    method: "filterlet",
    against: "chip",
  } as const;
  return {
    schemaVersion: 1,
    models: [
      {
        name: "tiny <b>",
        path: "models/tiny.tflite",
        sha256: "0123456789abcdef".repeat(4),
        bytes: 100_000,
        bytesByKind: kinds(100_000),
        arenaBytes: 20_000,
        accuracy: 0.9,
        samples: 400,
        accuracyMeans: "labels",
        lean: { bytes: 90_000, arenaBytes: 20_000 },
        targets: { "cortex-m4": { instructions: 2_000_000, arenaBytes: 18_000 } },
      },
    ],
    methods: ["filterlet", "chip"],
    points: [
      samplePoint({ method: "filterlet", bytes: 60_000, drop: 1, instructions: 1_500_000 }),
      samplePoint({ method: "filterlet", bytes: 40_000, drop: 3, instructions: 1_200_000 }),
      samplePoint({ method: "chip", bytes: 80_000, drop: 2, instructions: 1_100_000 }),
      samplePoint({ method: "chip", bytes: 60_000, drop: 8, instructions: 900_000 }),
    ],
    missing: [
      {
        ...{ model: "tiny <b>", target: "cortex-m4", method: "chip", recovery: "refit", seed: 1, share: 0.1 },
        ...{ code: "LIMIT_OUT_OF_REACH", reason: "the budget cannot be met" },
      },
    ],
    equalAccuracy: [
      { ...cell, drop: 1, seeds: 1, bytesRatio: 0.71, instructionsRatio: 1.25 },
      { ...cell, drop: 2, seeds: 1, bytesRatio: 0.625 },
    ],
    seconds: 12,
    ...changes,
  };
}
