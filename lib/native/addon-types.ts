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

/** Where TFLM's planner has put the activations of a model; see `native/arena_map.h`. */
export interface ArenaMapResult {
  /** In use. */
  arenaBytes: number;
  /** What operators write, in the order in which they do; -1 is the model's input. */
  tensors: { tensor: number; offset: number; bytes: number }[];
}

/** Samples for a model, end to end, and the kernels that they run on. */
export interface SampleRun {
  /** `samples` times the bytes of the model's only input. */
  inputs: Uint8Array;
  samples: number;
  /**
   * Samples that run on TFLM's own kernels, with the host kernels held against these; the rest runs on the host kernels that
   * passed. Absent or 0: no host kernel runs at all.
   */
  treeSamples?: number;
}

export interface RunRequest extends ModelRequest, SampleRun {}

export interface RunResult {
  /** `samples` times the bytes of output 0. */
  outputs: Uint8Array;
  arenaBytes: number;
  /** Operators that ran on host kernels but for the first `treeSamples`, ascending. */
  hostOperators: Int32Array;
  /** Operators whose host kernel gave other bytes than TFLM's own, ascending; they ran on TFLM's from then on. */
  strays: Int32Array;
}

/** Activations of a float model to be observed; the first one is its input. See `native/float_ranges.h`. */
export interface FloatRangesRequest extends ModelRequest, SampleRun {
  tensors: number[];
  /** Size of the last dimension of each. */
  channels: number[];
  /** [tensors][low, high] of histograms, or empty for none. */
  bounds: Float32Array;
}

export interface FloatActivation {
  min: number;
  max: number;
  /** Sums over samples and positions, by index along the last dimension. */
  channelSums: Float64Array;
  /** Largest magnitudes, likewise. */
  channelLargest: Float64Array;
  /** Counts in equal bins between the bounds. */
  histogram: Float64Array;
}

export interface CompareRequest extends SampleRun {
  reference: Uint8Array;
  candidate: Uint8Array;
  arenaBytes: number;
}

export interface CompareResult {
  /** Output 0 of the candidate, sample after sample. */
  outputs: Uint8Array;
  /** Per operator, the number of output bytes that differed over all samples. */
  differingBytes: Float64Array;
  referenceArenaBytes: number;
  candidateArenaBytes: number;
  /** As of `RunResult`, of either model. */
  strays: Int32Array;
}

/** Facts about the TFLM tree that the addon was built from. */
export interface TreeFacts {
  /** Operators that the all-ops resolver registered, DTMM's own not counted. */
  operators: number;
  registration: "TfLiteRegistration" | "TFLMRegistration";
}

/** Operator kinds that the forward and the backward pass know; anything else stops both. */
export type OperatorKind =
  | "conv"
  | "depthwiseConv"
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

/** One operator of the main subgraph with its constants as real values (`native/network/network.h`). */
export interface NetworkOperator {
  kind: OperatorKind;
  /** Tensors of the activations it reads. */
  inputs: number[];
  output: number;
  geometry: NativeGeometry;
  filter: Float32Array;
  /** One per output channel, or empty. */
  bias: Float32Array;
  /** Real values at which the output is clamped. */
  activationMin: number;
  activationMax: number;
  beta: number;
}

/** A quantised graph; the arrays are by tensor. */
export interface NetworkPlan {
  operators: NetworkOperator[];
  /** 0 for constants. */
  scales: Float32Array;
  zeroPoints: Int32Array;
  /** Number of values of one sample, 0 for constants. */
  sizes: Int32Array;
  input: number;
  output: number;
  loss: "classes" | "values";
}

export interface StatisticsRequest extends ModelRequest {
  network: NetworkPlan;
  /** Operators whose statistics are wanted, ascending. */
  observed: number[];
  /** Random directions of the outputs per sample, 1 to 64. */
  draws: number;
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

/** What a layer reads, as all of its filters share it; see `native/layer_problem.h`. */
export interface LayerInputs {
  order: number;
  moments: Float64Array;
  count: number;
}

/** Filters of a layer, cut into groups. */
export interface CutFilters {
  /** [rows][order], the bias last. */
  weights: Float64Array;
  rows: number;
  /** [groups + 1]: where each group of a filter begins. */
  offsets: Int32Array;
  /** Rows that lose a group together. */
  bundle: number;
  /** [bundles][groups], 1 = the group is there. */
  keep: Uint8Array;
}

/** A layer's least-squares problem. */
export interface LayerProblem extends LayerInputs, CutFilters {}

/** One layer's filters in one or more ways of cutting them, which share the inverse of what the layer reads. */
export interface RemovalRequest extends LayerInputs {
  /** One price per row. */
  cuts: (CutFilters & { prices: Float64Array })[];
}

/** [bundles][groups] removal order, -1 once all are gone, and [bundles][groups + 1] loss. */
export interface RemovalCurves {
  order: Int32Array;
  loss: Float64Array;
}

export interface SolveRequest extends LayerProblem {
  /** [rows][order] in the units of the weights, or empty where the wanted outputs are those of `weights` for the same inputs. */
  cross: Float64Array;
  /** 0 for real weights, else whole ones within it. */
  limit: number;
  /** 1 if filters may get new scales. */
  rescale: number;
}

/** A dense network and the samples that it is to be followed on; see `native/network/refit_pass.h`. */
export interface RefitRequest {
  network: NetworkPlan;
  inputs: Uint8Array;
  samples: number;
  threads: number;
}

/** `LayerMoments` of what the pruned network reads, and [outputs][order] products with the wanted real outputs. */
export interface RefitMoments extends LayerMoments {
  cross: Float64Array;
}

/** Labelled samples for the gradients of the dense network; see `native/network/label_gradients.h`. */
export interface LabelGradientRequest {
  network: NetworkPlan;
  observed: number[];
  inputs: Uint8Array;
  samples: number;
  labels: number[];
  threads: number;
}

/** Feature maps of the dense network over some samples; see `native/network/channel_independence.h`. */
export interface ChannelIndependenceRequest {
  network: NetworkPlan;
  /** Tensors, and the channels of each. */
  tensors: number[];
  channels: number[];
  inputs: Uint8Array;
  samples: number;
  threads: number;
}

/** A layer whose constants are trained, as real values in the layout of its operator. */
export interface TrainedLayer {
  operator: number;
  filter: Float32Array;
  bias: Float32Array;
  /** int8 grid of the filter, one per output channel. */
  scales: Float32Array;
  /** One per weight, 1 = may differ from zero. */
  mask: Uint8Array;
}

/** Random variations of a training input of this shape (NHWC); see `native/network/augment.h`. */
export interface Augmentation {
  height: number;
  width: number;
  channels: number;
  /** 1 to flip left and right every other time. */
  flip: number;
  /** Pixels to shift by at most. */
  shift: number;
  /** 1 to blend with another input every other time. */
  blend: number;
}

/** A pruned network to be taught by the dense one; see `native/network/trainer.h`. */
export interface TrainingRequest {
  /** The dense network. */
  teacher: NetworkPlan;
  /** The pruned one: the same operators, inner tensors may have fewer channels. */
  student: NetworkPlan;
  layers: TrainedLayer[];
  inputs: Uint8Array;
  samples: number;
  /** One per sample, or empty. */
  labels: number[];
  /** Samples at the end that are only judged on. */
  heldOut: number;
  /** Of the whole training. */
  steps: number;
  batch: number;
  rate: number;
  temperature: number;
  /** Share of the labels in the loss, 0..1. */
  labelShare: number;
  /** Weight of the squared errors at the outputs of the trained layers, beside the loss. */
  hintShare: number;
  augmentation: Augmentation;
  seed: number;
  threads: number;
}

/** Quality on the held-out samples: loss per sample, share with the dense network's top class. */
export interface TrainingJudgement {
  loss: number;
  agreement: number;
  bestLoss: number;
}

export interface NativeAddon {
  treeFacts(request: Record<string, never>): TreeFacts;
  inspectModel(request: ModelRequest): ModelFacts;
  /** Runs the model once on zeros. */
  arenaMap(request: ModelRequest): ArenaMapResult;
  floatRanges(request: FloatRangesRequest): { activations: FloatActivation[] };
  runModel(request: RunRequest): RunResult;
  compareModels(request: CompareRequest): CompareResult;
  /** Opens the one statistics session of this process; an open one is dropped. */
  openStatistics(request: StatisticsRequest): Record<string, never>;
  /** Squared gradients summed over the samples and their draws, per observed layer and output channel. */
  addStatistics(request: SamplesRequest): { squaredGradients: Float64Array[] };
  closeStatistics(request: Record<string, never>): { moments: LayerMoments[] };
  /** One pair of curves per cut. */
  removeGroups(request: RemovalRequest): { curves: RemovalCurves[] };
  /** Weights [rows][order] in units of the new scale, which is [rows] ratio times the old one. */
  solveMasked(request: SolveRequest): { weights: Float64Array; ratio: Float64Array };
  /** Opens the one refit pass of this process; an open one is dropped. */
  openRefit(request: RefitRequest): Record<string, never>;
  restartRefit(request: Record<string, never>): Record<string, never>;
  /** Runs both networks up to a conv, in ascending order between restarts. */
  collectRefit(request: { operator: number }): RefitMoments;
  /** Real constants of a layer of the pruned network. */
  setRefitLayer(request: {
    operator: number;
    filter: Float32Array;
    bias: Float32Array;
  }): Record<string, never>;
  /** Squared gradients of the pruned network as it is, summed over all samples and draws; `observed` ascends. */
  refitGradients(request: { observed: number[]; draws: number; seed: number }): {
    squaredGradients: Float64Array[];
  };
  closeRefit(request: Record<string, never>): Record<string, never>;
  /** Per observed conv, weight times gradient of the cross-entropy, summed over the samples, in the filter's layout. */
  labelGradients(request: LabelGradientRequest): { products: Float64Array[] };
  /** Per tensor and channel, what it adds to the nuclear norm of its feature map, summed over the samples. */
  channelIndependence(request: ChannelIndependenceRequest): { scores: Float64Array[] };
  /** Opens the one training of this process; an open one is dropped. */
  openTraining(request: TrainingRequest): Record<string, never>;
  train(request: { steps: number }): { loss: number; stepsDone: number };
  /** Judges the network as it is and keeps it where it is the best so far. */
  judgeTraining(request: Record<string, never>): TrainingJudgement;
  saveTraining(request: Record<string, never>): { state: Float32Array };
  restoreTraining(request: { state: Float32Array }): { stepsDone: number };
  /** The best constants, by trained layer; filters are whole multiples of their scales. */
  closeTraining(request: Record<string, never>): { layers: { filter: Float32Array; bias: Float32Array }[] };
}
