/** How TFLM's `MicroMutableOpResolver` calls the operators that it knows itself. */

/** Builtin operators, as in `AddConv2D`; the same names since 2020, later trees have more of them. */
const builtinNames = `
  Abs Add AddN ArgMax ArgMin AssignVariable AveragePool2D BatchMatMul BatchToSpaceNd BroadcastArgs
  BroadcastTo CallOnce Cast Ceil Concatenation Conv2D Cos CumSum DepthToSpace DepthwiseConv2D Dequantize
  Div DynamicUpdateSlice Elu EmbeddingLookup Equal Exp ExpandDims Fill Floor FloorDiv FloorMod
  FullyConnected Gather GatherNd Greater GreaterEqual HardSwish If L2Normalization L2Pool2D LeakyRelu Less
  LessEqual Log LogSoftmax LogicalAnd LogicalNot LogicalOr Logistic MaxPool2D Maximum Mean Minimum
  MirrorPad Mul Neg NotEqual Pack Pad PadV2 Prelu Quantize ReadVariable ReduceAll ReduceMax ReduceMin Relu
  Relu6 Reshape ResizeBilinear ResizeNearestNeighbor ReverseV2 Round Rsqrt SelectV2 Shape Sin Slice Softmax
  SpaceToBatchNd SpaceToDepth Split SplitV Sqrt Square SquaredDifference Squeeze StridedSlice Sub Sum Svdf
  Tanh Transpose TransposeConv UnidirectionalSequenceLSTM Unpack VarHandle While ZerosLike
`;

/** Custom operators that come with TFLM, by their custom code. */
const customNames: Readonly<Record<string, string>> = {
  CIRCULAR_BUFFER: "CircularBuffer",
  TFLM_DECODE: "Decode",
  SignalDelay: "Delay",
  TFLite_Detection_PostProcess: "DetectionPostprocess",
  SignalEnergy: "Energy",
  "ethos-u": "EthosU",
  SignalFftAutoScale: "FftAutoScale",
  SignalFilterBank: "FilterBank",
  SignalFilterBankLog: "FilterBankLog",
  SignalFilterBankSpectralSubtraction: "FilterBankSpectralSubtraction",
  SignalFilterBankSquareRoot: "FilterBankSquareRoot",
  SignalFramer: "Framer",
  SignalIrfft: "Irfft",
  SignalOverlapAdd: "OverlapAdd",
  SignalPCAN: "PCAN",
  SignalRfft: "Rfft",
  SignalStacker: "Stacker",
  SignalWindow: "Window",
};

const byNormalName = new Map(
  builtinNames
    .trim()
    .split(/\s+/)
    .map((name) => [normalName(name), name]),
);

/**
 * The resolver's method for an operator: `AddConv2D` for "CONV_2D".
 *
 * @param op the schema's name of a builtin operator, or a custom code
 * @returns undefined for an operator that TFLM does not bring
 */
export function addMethod(op: string): string | undefined {
  const name = customNames[op] ?? byNormalName.get(normalName(op));
  return name && `Add${name}`;
}

/**
 * Whether a call of `method` registers the operator `op`.
 *
 * @param firstArgument tells what `AddBuiltin(tflite::BuiltinOperator_CONV_2D, ...)` adds
 */
export function registers(method: string, firstArgument: string | undefined, op: string): boolean {
  if (method === "AddBuiltin") return firstArgument?.split("::").at(-1) === `BuiltinOperator_${op}`;
  return method === addMethod(op);
}

/** "CONV_2D" and "Conv2D" are the same operator. */
function normalName(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}
