/** TFLM of 2020 has MEAN in float alone; over height and width it is the average pooling of one window, which has int8. */

import { asInt32, constantData, elementCount, mainGraph, opName } from "../tflite/graph.js";
import type { Model, Operator, Tensor } from "../tflite/model.js";
import { ActivationFunctionType, BuiltinOperator, Padding } from "../tflite/schema.js";

/** Height and width of a MEAN that is taken over both; undefined for other means and operators. */
export function meanWindow(model: Model, operator: Operator): [number, number] | undefined {
  if (opName(model, operator) !== "MEAN") return undefined;
  const { tensors } = mainGraph(model);
  const [input, axes] = operator.inputs.map((tensor) => tensors[tensor]!);
  const data = axes && constantData(model, axes);
  if (input?.shape.length !== 4 || data === undefined) return undefined;
  const over = [...asInt32(data)].map((axis) => (axis + 4) % 4).sort();
  return over.join() === "1,2" ? [input.shape[1]!, input.shape[2]!] : undefined;
}

/** The model with every MEAN over height and width as an AVERAGE_POOL_2D and a RESHAPE; other operators stay. */
export function withoutMeans(model: Model): Model {
  const graph = mainGraph(model);
  const tensors: Tensor[] = [...graph.tensors];
  const operatorCodes = [...model.operatorCodes];
  const code = (builtin: number) =>
    operatorCodes.push({ builtinCode: builtin, deprecatedBuiltinCode: builtin, version: 1 }) - 1;
  const operators = graph.operators.flatMap((operator): Operator[] => {
    const size = meanWindow(model, operator);
    if (size === undefined) return [operator];
    const [filterHeight, filterWidth] = size;
    const [mean = -1] = operator.outputs;
    const { shape, name } = tensors[mean]!;
    const pooledShape = [1, 1, 1, elementCount(shape)];
    const pooled =
      tensors.push({ ...tensors[mean]!, shape: pooledShape, name: `${name ?? "mean"}/pooled` }) - 1;
    const pool: Operator = {
      ...operator,
      opcodeIndex: code(BuiltinOperator.AVERAGE_POOL_2D),
      inputs: operator.inputs.slice(0, 1),
      outputs: [pooled],
      builtinOptions: {
        type: "Pool2DOptions",
        value: {
          padding: Padding.VALID,
          strideW: 1,
          strideH: 1,
          filterWidth,
          filterHeight,
          fusedActivationFunction: ActivationFunctionType.NONE,
        },
      },
    };
    const reshape: Operator = {
      ...operator,
      opcodeIndex: code(BuiltinOperator.RESHAPE),
      inputs: [pooled],
      builtinOptions: { type: "ReshapeOptions", value: { newShape: [...shape] } },
    };
    return [pool, reshape];
  });
  return {
    ...model,
    operatorCodes,
    subgraphs: [{ ...graph, tensors, operators }, ...model.subgraphs.slice(1)],
  };
}
