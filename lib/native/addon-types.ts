/**
 * The whole native surface: every function takes one plain object and returns one plain object.
 * The functions run in worker processes (see `pool.ts`), so arguments and results must survive a structured clone.
 * Functions throw an Error with a `code` when TFLM or the numeric work says no.
 */

/** What the interpreter says about one tensor at the model's edge. */
export interface TensorFacts {
  /** TFLM's name of the element type, for example "INT8". */
  type: string;
  shape: number[];
  bytes: number;
  scale: number;
  zeroPoint: number;
}

/** A model and the arena it may use on the host; see `arenaFor` in `lib/tflite/graph.ts`. */
export interface ModelRequest {
  model: Uint8Array;
  arenaBytes: number;
}

/** What the interpreter says about a model after AllocateTensors. */
export interface ModelFacts {
  /** Arena bytes in use on this host (`arena_used_bytes`). */
  arenaBytes: number;
  inputs: TensorFacts[];
  outputs: TensorFacts[];
}

export interface RunRequest extends ModelRequest {
  /** `samples` times the bytes of the model's only input. */
  inputs: Uint8Array;
  samples: number;
}

export interface RunResult {
  /** `samples` times the bytes of output 0. */
  outputs: Uint8Array;
  arenaBytes: number;
}

export interface CompareRequest {
  reference: Uint8Array;
  candidate: Uint8Array;
  arenaBytes: number;
  inputs: Uint8Array;
  samples: number;
}

export interface CompareResult {
  /** Output 0 of the candidate, sample after sample. */
  outputs: Uint8Array;
  /** Per operator, the number of output bytes that differed over all samples. */
  differingBytes: Float64Array;
  referenceArenaBytes: number;
  candidateArenaBytes: number;
}

/** Facts about the TFLM tree that the addon was built from. */
export interface TreeFacts {
  /** Operators that the all-ops resolver registered, DTMM's own not counted. */
  operators: number;
  registration: "TfLiteRegistration" | "TFLMRegistration";
}

/** Operator kinds that the backward pass knows; anything else stops the gradient. */
export type GradientKind =
  | "conv"
  | "depthwiseConv"
  | "fullyConnected"
  | "add"
  | "maxPool"
  | "averagePool"
  | "mean"
  | "copy"
  | "relu"
  | "logistic"
  | "softmax"
  | "concatenation"
  | "pad"
  | "unknown";

/** `ConvGeometry` of `native/geometry.h`, field by field. */
export interface NativeGeometry {
  inputHeight: number;
  inputWidth: number;
  inputChannels: number;
  kernelHeight: number;
  kernelWidth: number;
  outputHeight: number;
  outputWidth: number;
  outputChannels: number;
  strideHeight: number;
  strideWidth: number;
  dilationHeight: number;
  dilationWidth: number;
  padTop: number;
  padLeft: number;
}

/** One operator of the main subgraph with its constants as real values (`native/gradient.h`). */
export interface GradientOperator {
  kind: GradientKind;
  /** Tensors of the activations it reads. */
  inputs: number[];
  output: number;
  geometry: NativeGeometry;
  filter: Float32Array;
  /** Real values at which the output is clamped. */
  activationMin: number;
  activationMax: number;
  beta: number;
}

export interface StatisticsRequest extends ModelRequest {
  operators: GradientOperator[];
  /** Operators whose statistics are wanted, ascending. */
  observed: number[];
  /** By tensor: scale (0 for constants), zero point, number of values. */
  scales: Float32Array;
  zeroPoints: Int32Array;
  sizes: Int32Array;
  input: number;
  output: number;
  loss: "classes" | "values";
}

export interface SamplesRequest {
  inputs: Uint8Array;
  samples: number;
  seed: number;
  /** Index of the first sample in the whole set. */
  firstSample: number;
}

/** One observed layer's sum of x x^T, x = [patch, 1], in units of the input's scale squared. */
export interface LayerMoments {
  sums: Float64Array;
  count: number;
}

/** A layer's least-squares problem; see `native/obs.h`. */
export interface LayerProblem {
  order: number;
  moments: Float64Array;
  count: number;
  /** [rows][order], the bias last. */
  weights: Float64Array;
  rows: number;
  groups: number;
  groupSize: number;
}

export interface NativeAddon {
  treeFacts(request: Record<string, never>): TreeFacts;
  inspectModel(request: ModelRequest): ModelFacts;
  runModel(request: RunRequest): RunResult;
  compareModels(request: CompareRequest): CompareResult;
  /** Opens the one statistics session of this process; an open one is dropped. */
  openStatistics(request: StatisticsRequest): Record<string, never>;
  /** Squared gradients summed over the samples, per observed layer and output channel. */
  addStatistics(request: SamplesRequest): { squaredGradients: Float64Array[] };
  closeStatistics(request: Record<string, never>): { moments: LayerMoments[] };
  /** [rows][groups] removal order and [rows][groups + 1] loss. */
  removeGroups(request: LayerProblem): { order: Int32Array; loss: Float64Array };
  /** `keep` is [rows][groups]; `limit` 0 for real weights, else whole ones within it. Returns [rows][order]. */
  solveMasked(request: LayerProblem & { keep: Uint8Array; limit: number }): { weights: Float64Array };
}
