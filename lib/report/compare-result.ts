/** The result object of `compare`: every point that was measured, and what the methods come to at equal accuracy. */

import { z } from "zod";
import { quantisedFrom } from "./quantised-from.js";
import { schemaVersion } from "./schema-version.js";

const bytes = z.int().min(0);
const share = z.number().min(0).max(1);
const counted = z.number().min(0);

/**
 * What is done for the weights that a method leaves: nothing, the least-squares refit, or the refit and then the dense
 * model's teaching.
 */
export const recoveries = ["none", "refit", "taught"] as const;
export type Recovery = (typeof recoveries)[number];

/** Where the bytes of a model's file are; the parts add up to the file. */
const bytesByKind = z.object({ weights: bytes, index: bytes, records: bytes, metadata: bytes });

const comparedLayer = z.object({
  /** Index of the operator in the model's main subgraph. */
  index: z.int().min(0),
  op: z.string(),
  /** Shape of the dense weights, OHWI for convolutions; empty for operators without. */
  shape: z.array(z.int()),
  /** Share of the dense layer's weights that is kept; 1 for operators without. */
  kept: share,
  /** Per inference on the point's target, where it was counted. */
  instructions: counted.optional(),
});

/** One model as one method left it, judged in the interpreter. */
export const comparePointSchema = z.object({
  /** Name of the model, as of `models`. */
  model: z.string(),
  target: z.string(),
  method: z.string(),
  recovery: z.enum(recoveries),
  seed: z.int(),
  /** Share of the prunable weights that was asked for. */
  share,
  /** Share of the dense model's prunable weights that is kept. */
  keptWeights: share,
  bytes,
  bytesByKind,
  /** On the host, scratch included. */
  arenaBytes: bytes,
  /** In TFLM on the emulated target, where it was measured. */
  arenaTargetBytes: bytes.optional(),
  accuracy: share,
  /** Percentage points of accuracy below the dense model; negative where the point is better. */
  drop: z.number(),
  agreement: share,
  /** Packed and stock model gave the same bytes at every operator for every evaluation input. */
  bitExact: z.boolean(),
  /** Per inference on the target; CMSIS-NN's kernels where a layer is a stock one and these were given. */
  instructions: counted.optional(),
  layers: z.array(comparedLayer),
});

/** What a method could not do. */
export const missingSchema = z.object({
  model: z.string(),
  target: z.string(),
  method: z.string(),
  recovery: z.enum(recoveries),
  seed: z.int(),
  share,
  /** Code of the error, for example LIMIT_OUT_OF_REACH, and what it says. */
  code: z.string(),
  reason: z.string(),
});

export const comparedModelSchema = z.object({
  name: z.string(),
  path: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes,
  bytesByKind,
  arenaBytes: bytes,
  accuracy: share,
  samples: z.int().min(0),
  accuracyMeans: z.enum(["labels", "agreement", "closeness"]),
  /** The float model that was quantised to this one. */
  float: quantisedFrom.optional(),
  /** The same model after the lossless steps alone, dead channels and the diet: where every method's front begins. */
  lean: z.object({ bytes, arenaBytes: bytes }),
  /**
   * By target. Instructions are those of the model after the lossless steps, on the better of the stock kernel and the packed
   * one with nothing pruned, layer by layer; the arena is that of the imported model.
   */
  targets: z.record(z.string(), z.object({ instructions: counted, arenaBytes: bytes })),
});

/**
 * Two methods at the same loss of accuracy, read off their fronts by linear interpolation, averaged over the seeds.
 * A ratio is the first method's figure divided by the other's: below 1 the first one wins.
 */
const equalAccuracy = z.object({
  model: z.string(),
  target: z.string(),
  recovery: z.enum(recoveries),
  method: z.string(),
  against: z.string(),
  /** Percentage points lost. */
  drop: z.number(),
  /** Seeds on which both fronts reach that loss. */
  seeds: z.int(),
  bytesRatio: counted.optional(),
  instructionsRatio: counted.optional(),
});

/** What `compare` returns. */
export const compareResultSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  models: z.array(comparedModelSchema),
  methods: z.array(z.string()),
  points: z.array(comparePointSchema),
  missing: z.array(missingSchema),
  equalAccuracy: z.array(equalAccuracy),
  warnings: z.array(z.string()).optional(),
  seconds: z.number(),
});

export type CompareResult = z.output<typeof compareResultSchema>;
export type ComparePoint = z.output<typeof comparePointSchema>;
export type ComparedModel = z.output<typeof comparedModelSchema>;
export type EqualAccuracy = z.output<typeof equalAccuracy>;
