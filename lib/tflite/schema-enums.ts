/** The enums of the TFLite schema, version 3, by the names the schema gives them. Values stay numbers in the model value. */

import { BuiltinOperator } from "./schema-operators.js";

export { BuiltinOperator };

export const TensorType = {
  FLOAT32: 0,
  FLOAT16: 1,
  INT32: 2,
  UINT8: 3,
  INT64: 4,
  STRING: 5,
  BOOL: 6,
  INT16: 7,
  COMPLEX64: 8,
  INT8: 9,
  FLOAT64: 10,
  COMPLEX128: 11,
  UINT64: 12,
  RESOURCE: 13,
  VARIANT: 14,
  UINT32: 15,
  UINT16: 16,
  INT4: 17,
  BFLOAT16: 18,
  INT2: 19,
  UINT4: 20,
  FLOAT8_E4M3FN: 21,
  FLOAT8_E5M2: 22,
} as const;

export const DimensionType = { DENSE: 0, SPARSE_CSR: 1 } as const;

export const StablehloPrecisionConfig = { DEFAULT: 0, HIGH: 1, HIGHEST: 2 } as const;

export const StablehloComparisonDirection = {
  STABLEHLO_COMPARISON_DIRECTION_EQ: 0,
  STABLEHLO_COMPARISON_DIRECTION_NE: 1,
  STABLEHLO_COMPARISON_DIRECTION_GE: 2,
  STABLEHLO_COMPARISON_DIRECTION_GT: 3,
  STABLEHLO_COMPARISON_DIRECTION_LE: 4,
  STABLEHLO_COMPARISON_DIRECTION_LT: 5,
} as const;

export const StablehloComparisonType = {
  STABLEHLO_COMPARISON_TYPE_NOTYPE: 0,
  STABLEHLO_COMPARISON_TYPE_FLOAT: 1,
  STABLEHLO_COMPARISON_TYPE_FLOAT_TOTAL_ORDER: 2,
  STABLEHLO_COMPARISON_TYPE_SIGNED: 3,
  STABLEHLO_COMPARISON_TYPE_UNSIGNED: 4,
} as const;

export const RngAlgorithm = { DEFAULT: 0, PHILOX: 1, THREEFRY: 2 } as const;

export const Padding = { SAME: 0, VALID: 1 } as const;

export const ActivationFunctionType = {
  NONE: 0,
  RELU: 1,
  RELU_N1_TO_1: 2,
  RELU6: 3,
  TANH: 4,
  SIGN_BIT: 5,
} as const;

export const LSHProjectionType = { UNKNOWN: 0, SPARSE: 1, DENSE: 2 } as const;

export const FullyConnectedOptionsWeightsFormat = { DEFAULT: 0, SHUFFLED4x16INT8: 1 } as const;

export const LSTMKernelType = { FULL: 0, BASIC: 1 } as const;

export const CombinerType = { SUM: 0, MEAN: 1, SQRTN: 2 } as const;

export const MirrorPadMode = { REFLECT: 0, SYMMETRIC: 1 } as const;

export const CustomOptionsFormat = { FLEXBUFFERS: 0 } as const;

export const ReduceWindowFunction = {
  UNSUPPORTED: 0,
  ADD: 1,
  MUL: 2,
  MINIMUM: 3,
  MAXIMUM: 4,
  ALL: 5,
  ANY: 6,
} as const;

/** Every enum with the scalar that stores it in the file. All are closed: a value outside of the list is refused. */
export const enums = {
  TensorType: { storage: "byte", values: TensorType },
  DimensionType: { storage: "byte", values: DimensionType },
  BuiltinOperator: { storage: "int", values: BuiltinOperator },
  StablehloPrecisionConfig: { storage: "uint", values: StablehloPrecisionConfig },
  StablehloComparisonDirection: { storage: "uint", values: StablehloComparisonDirection },
  StablehloComparisonType: { storage: "uint", values: StablehloComparisonType },
  RngAlgorithm: { storage: "byte", values: RngAlgorithm },
  Padding: { storage: "byte", values: Padding },
  ActivationFunctionType: { storage: "byte", values: ActivationFunctionType },
  LSHProjectionType: { storage: "byte", values: LSHProjectionType },
  FullyConnectedOptionsWeightsFormat: { storage: "byte", values: FullyConnectedOptionsWeightsFormat },
  LSTMKernelType: { storage: "byte", values: LSTMKernelType },
  CombinerType: { storage: "byte", values: CombinerType },
  MirrorPadMode: { storage: "byte", values: MirrorPadMode },
  ReduceWindowFunction: { storage: "int", values: ReduceWindowFunction },
  CustomOptionsFormat: { storage: "byte", values: CustomOptionsFormat },
} as const;

export type EnumName = keyof typeof enums;

const namesByValue: Readonly<Record<string, ReadonlyMap<number, string>>> = Object.fromEntries(
  Object.entries(enums).map(([name, { values }]) => [
    name,
    new Map(Object.entries(values).map(([label, value]) => [value, label])),
  ]),
);

/** The schema's name for `value`, for example `enumLabel("TensorType", 9) === "INT8"`; `undefined` where there is none. */
export function enumLabel(name: EnumName, value: number): string | undefined {
  return namesByValue[name]?.get(value);
}
