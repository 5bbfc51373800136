import { z } from "zod";
import { quantisedFrom } from "./quantised-from.js";
import { schemaVersion } from "./schema-version.js";

// The result objects of the commands, as `--json` prints them and the library returns them. Fields may join without
// notice. Shares, accuracy and agreement are 0..1, sizes are bytes, times are seconds.

const bytes = z.int().min(0);
const share = z.number().min(0).max(1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const fileIdentity = z.object({ path: z.string(), sha256 });

const gate = z.object({
  /** The option or invariant that is judged, for example "maxAccuracyDrop" or "bitExact". */
  name: z.string(),
  limit: z.number(),
  /** What was measured, in the limit's unit. */
  value: z.number(),
  pass: z.boolean(),
});

const prunedLayer = z.object({
  /** Index of the operator in the model's main subgraph. */
  index: z.int().min(0),
  op: z.string(),
  /** Shape of the weights, OHWI for convolutions. */
  shape: z.array(z.int()),
  /** Share of the layer's weights that is kept. */
  kept: share,
  /** Weights, bias and quantisation in the dense file. */
  denseBytes: bytes,
  /** The same layer in the packed file, index included; the dense bytes when it stayed dense. */
  packedBytes: bytes,
  indexBytes: bytes,
  /** Packed and dense kernel gave the same bytes for every evaluation input. */
  bitExact: z.boolean(),
  /** Multiply-accumulate operations of one inference of the dense layer. */
  macs: z.int().min(0).optional(),
  /** Why the layer stayed dense; absent when it was packed. */
  denseReason: z.string().optional(),
  /**
   * What is left where, for a convolution that was pruned: one byte per filter and kernel position, base64, the share of the
   * input channels in 1/255.
   */
  keptMap: z.base64().optional(),
  /** Instructions per inference on the target as the prices of --latency foretell them; absent for generic. */
  predicted: z.object({ dense: z.number().min(0), pruned: z.number().min(0) }).optional(),
});

/** Bytes of a file by what they are for; the parts add up to the file. */
const kinds = z.object({ weights: bytes, index: bytes, records: bytes, metadata: bytes });

/** Where TFLM's planner puts the activations on the host. */
const arenaMapSchema = z.object({
  arenaBytes: bytes,
  /** Of these, what activations share; the rest stays for good. */
  plannedBytes: bytes,
  tensors: z.array(
    z.object({
      tensor: z.int().min(0),
      offset: bytes,
      bytes,
      /** Operators that write it first and read it last. */
      first: z.int().min(0),
      last: z.int().min(0),
    }),
  ),
  /** By operator: the bytes of the activations that are alive while it runs. */
  steps: z.array(z.object({ op: z.string(), liveBytes: bytes })),
});

const likeDense = {
  /** Share of samples whose top class equals the dense model's; without classes, one minus the relative error. */
  agreement: share,
  /** Mean Kullback-Leibler divergence from the dense model's class distribution, in nats. */
  divergence: z.number().optional(),
};

/** Arena on the target, and how it was found; where `--arena-target` asked for it. */
const arenaTarget = z.object({ bytes, from: z.string() });

/** Figures of a model that ran in the interpreter. */
const measured = z.object({
  bytes,
  /** On the host. */
  arenaBytes: bytes,
  arenaTarget: arenaTarget.optional(),
  /** See `evaluation.accuracyMeans`. */
  accuracy: share,
});

const tree = z.object({
  /** Where the tree came from, for people. */
  label: z.string(),
  root: z.string(),
  /** Operators that the interpreter was given. */
  operators: z.int().optional(),
  registration: z.string().optional(),
});

const evaluation = z.object({
  path: z.string(),
  samples: z.int(),
  /** What accuracy means: hits among labels, agreement with the dense model's class, or one minus the relative error. */
  accuracyMeans: z.enum(["labels", "agreement", "closeness"]),
});

/** Which kernels computed the stock operators in the proof; packed operators always run on the board's. */
const proof = z.object({
  /** Inputs, at least, on TFLM's own kernels. */
  treeSamples: z.int().min(0),
  /** Inputs, at most, on host kernels that gave the same bytes as TFLM's own. */
  hostSamples: z.int().min(0),
  /** Operators whose host kernel did not; then every input ran on TFLM's own. */
  strays: z.array(z.int().min(0)),
});

const paretoPoint = z.object({
  /**
   * "forecast": predicted in one step from the dense model, "tried": pruned and packed on the way to the result,
   * "result": the result itself.
   */
  origin: z.enum(["forecast", "tried", "result"]),
  /** Share of all prunable weights that is kept. */
  keptWeights: share,
  bytes,
  /** On the target where `arenaTarget` is given, else on the host. */
  arenaBytes: bytes,
  /** See `pruned.predictedLatency`. */
  predictedLatency: z.number().min(0),
  /** Rise of the loss on calibration inputs by the model of the schedule, before the refit; grows without bound. */
  predictedLoss: z.number().min(0),
  /** As of `pruned`, where it was measured. */
  accuracy: share.optional(),
  agreement: share.optional(),
});

/** What `prune` returns. */
export const pruneResultSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  method: z.string(),
  target: z.string(),
  seed: z.int(),
  verdict: z.enum(["pass", "fail"]),
  model: fileIdentity,
  dense: measured.extend({ samples: z.int().min(0) }),
  pruned: measured.extend({
    ...likeDense,
    /** Share of all prunable weights that is kept. */
    keptWeights: share,
    /** Time per inference as a share of the dense model's on the target: predicted from a table of costs, not measured. */
    predictedLatency: z.number().min(0).optional(),
  }),
  gates: z.array(gate),
  layers: z.array(prunedLayer),
  /** What was written, or would be in a dry run; empty when the verdict is fail. */
  files: z.array(z.object({ path: z.string(), bytes, sha256 })),
  seconds: z.object({
    import: z.number(),
    quantise: z.number(),
    importance: z.number(),
    schedule: z.number(),
    prune: z.number(),
    finetune: z.number(),
    pack: z.number(),
    validate: z.number(),
    emit: z.number(),
  }),
  evaluation: evaluation.optional(),
  proof: proof.optional(),
  /** How the pruned model was taught; loss and agreement are those of inputs held out of the training. */
  finetune: z
    .object({
      epochs: z.int(),
      inputs: z.int(),
      before: z.object({ loss: z.number(), agreement: share }),
      after: z.object({ loss: z.number(), agreement: share }),
    })
    .optional(),
  /** Bytes that each step of the diet took off the file, in the order of the steps. */
  diet: z.array(z.object({ step: z.string(), bytes: z.int() })).optional(),
  /** What sizes cost: points over a grid of shares, those that the run tried, and the result. */
  pareto: z.array(paretoPoint).optional(),
  /** The float model that was quantised to the dense one. */
  float: quantisedFrom.optional(),
  bytesByKind: z.object({ dense: kinds, pruned: kinds }).optional(),
  arena: z.object({ dense: arenaMapSchema, pruned: arenaMapSchema }).optional(),
  tflm: tree.optional(),
  warnings: z.array(z.string()).optional(),
  dryRun: z.boolean().optional(),
  /** Unified diff of the files that would change, in a dry run. */
  diff: z.string().optional(),
});

/** What `validateFiles` returns. */
export const validateResultSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  verdict: z.enum(["pass", "fail"]),
  model: fileIdentity,
  against: fileIdentity,
  dense: measured.extend({ samples: z.int().min(0) }),
  pruned: measured.extend(likeDense),
  gates: z.array(gate),
  evaluation: evaluation.optional(),
  proof: proof.optional(),
  /** The float model that was quantised to the dense one. */
  float: quantisedFrom.optional(),
  tflm: tree.optional(),
  warnings: z.array(z.string()).optional(),
  seconds: z.number(),
});

const edgeTensor = z.object({
  name: z.string(),
  type: z.string(),
  shape: z.array(z.int()),
  scale: z.number(),
  zeroPoint: z.number(),
});

/** What `inspect` returns. */
export const inspectResultSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  model: fileIdentity.extend({ bytes }),
  /** On the host. */
  arenaBytes: bytes,
  arenaTarget: arenaTarget.optional(),
  inputs: z.array(edgeTensor),
  outputs: z.array(edgeTensor),
  layers: z.array(
    z.object({
      index: z.int().min(0),
      op: z.string(),
      inputShape: z.array(z.int()),
      outputShape: z.array(z.int()),
      /** Empty for operators without weights. */
      weightShape: z.array(z.int()),
      weights: z.int().min(0),
      macs: z.int().min(0),
      /** Constants of the operator: weights, bias, index. */
      bytes,
      prunable: z.boolean(),
      /** Share of weights that is there, for a pruned layer. */
      kept: share.optional(),
    }),
  ),
  /** Where the bytes of the file are; the parts add up to the file. */
  bytesByKind: z.object({ weights: bytes, quantisation: bytes, names: bytes, other: bytes }),
  /** TFLM's plan of the arena, of a model with one input. */
  arena: arenaMapSchema.optional(),
  /** Per inference and core, operators on CMSIS-NN's kernels where it has them; absent for a float model. */
  predictedInstructions: z.record(z.string(), z.int().min(0)).optional(),
  /** What each pruning method could remove, and what the model would come to; absent for a float or a pruned model. */
  methods: z
    .array(
      z.object({
        method: z.string(),
        /** In words: what goes as a whole. */
        removes: z.string(),
        /** Operators that it prunes, and their weights together. */
        layers: z.array(z.int().min(0)),
        weights: z.int().min(0),
        points: z.array(
          z.object({
            /** Of the weights to keep: what is asked for, and what the method comes to. */
            share,
            kept: share,
            /** Of the file. */
            bytes,
            /** Predicted time by core, as a share of the dense model's; absent where a layer's kernel has no prices. */
            latency: z.record(z.string(), z.number().min(0)).optional(),
          }),
        ),
      }),
    )
    .optional(),
  tflm: tree,
});

const counted = z.number().min(0);

/** What `bench` returns. Counts are instructions per inference, averaged over the samples. */
export const benchResultSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  target: z.string(),
  /** What everything was compiled with, besides the core's own flags. */
  flags: z.array(z.string()),
  samples: z.int().min(1),
  model: fileIdentity,
  against: fileIdentity.optional(),
  arenaBytes: bytes,
  layers: z.array(
    z.object({
      index: z.int().min(0),
      op: z.string(),
      /** In the model that was given. */
      instructions: counted,
      /** The same as the prices that --latency goes by foretell it. */
      predicted: counted,
      /** In the dense model, with TFLM's own kernels. */
      dense: counted.optional(),
      /** In the dense model, of CMSIS-NN's kernel alone. */
      cmsisNn: counted.optional(),
      /** In the model that was given, with CMSIS-NN's kernel where the layer is a stock one that it has a kernel for. */
      withCmsisNn: counted.optional(),
    }),
  ),
  totals: z.object({
    instructions: counted,
    predicted: counted,
    dense: counted.optional(),
    /** CMSIS-NN where it has a kernel for the layer, TFLM's own for all others. */
    cmsisNn: counted.optional(),
    /** The model that was given in a firmware with CMSIS-NN: what is to be compared with `cmsisNn`. */
    withCmsisNn: counted.optional(),
  }),
  warnings: z.array(z.string()).optional(),
  /** Whether every output on the board equals the host's, byte for byte. */
  equalsHost: z.boolean(),
  tflm: tree,
});

export type PruneResult = z.output<typeof pruneResultSchema>;
export type ValidateResult = z.output<typeof validateResultSchema>;
export type BenchResult = z.output<typeof benchResultSchema>;
export type InspectResult = z.output<typeof inspectResultSchema>;
export type ParetoPoint = z.output<typeof paretoPoint>;
export type Gate = z.output<typeof gate>;
export type PrunedLayer = z.output<typeof prunedLayer>;
