/**
 * The whole native surface: every function takes one plain object and returns one plain object.
 * The functions run in worker processes (see `pool.ts`), so arguments and results must survive a structured clone.
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

/** What the interpreter says about a model after AllocateTensors. */
export interface ModelFacts {
  /** Arena bytes in use on this host (`arena_used_bytes`). */
  arenaBytes: number;
  inputs: TensorFacts[];
  outputs: TensorFacts[];
}

/** One model and a run of samples for it, laid end to end. */
export interface RunRequest {
  model: Uint8Array;
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
  inputs: Uint8Array;
  samples: number;
}

export interface CompareResult {
  /** Output 0 of the candidate, sample after sample. */
  outputs: Uint8Array;
  /** Per operator, the number of output bytes that differed over all samples. */
  differingBytes: number[];
  referenceArenaBytes: number;
  candidateArenaBytes: number;
}

/** Facts about the TFLM tree that the addon was built from. */
export interface TreeFacts {
  /** Operators that the all-ops resolver registered, DTMM's own not counted. */
  operators: number;
  registration: "TfLiteRegistration" | "TFLMRegistration";
  kernels: string[];
}

/** A conv layer whose input moments and output gradients are wanted. */
export interface StatisticsLayer {
  /** Index of the operator in the main subgraph. */
  operator: number;
}

/** One operator, as the gradient needs it; weights and biases are real values. */
export interface GradientOperator {
  kind: string;
  inputs: number[];
  output: number;
  /** Kernel geometry and constants, by kind; see `native/gradient.h`. */
  filter?: Float32Array;
  filterShape?: number[];
  strideHeight?: number;
  strideWidth?: number;
  dilationHeight?: number;
  dilationWidth?: number;
  padTop?: number;
  padLeft?: number;
  windowHeight?: number;
  windowWidth?: number;
  /** Real values at which the fused activation saturates; infinite where it does not. */
  activationMin?: number;
  activationMax?: number;
}

export interface NativeAddon {
  treeFacts(request: Record<string, never>): TreeFacts;
  inspectModel(request: { model: Uint8Array }): ModelFacts;
  runModel(request: RunRequest): RunResult;
  compareModels(request: CompareRequest): CompareResult;
}
