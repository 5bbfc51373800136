/** The part of `checkModel` that looks at operators: indices, order of execution, and the rule of each operator. */

import { elementwiseRules } from "./check-elementwise.js";
import { checkIndex, type Fail } from "./check-index.js";
import { layerRules } from "./check-layers.js";
import { OperatorCheck, type OperatorRule } from "./check-operator.js";
import { shapeRules } from "./check-shapes.js";
import { constantData, isCustomOperator, opName } from "./graph.js";
import type { Model, Operator, SubGraph } from "./model.js";

/** Builtin operators without a rule pass with the general checks: their kernels refuse what does not fit. */
const rules: Readonly<Record<string, OperatorRule>> = { ...layerRules, ...elementwiseRules, ...shapeRules };

/** Checks the operators of `graph` in execution order; `field` is the graph's path. */
export function checkOperators(model: Model, graph: SubGraph, field: string, fail: Fail): void {
  const count = graph.tensors.length;
  const available = initialTensors(model, graph, field, fail);
  graph.operators.forEach((operator, index) => {
    const here = `${field}.operators[${index}]`;
    checkIndices(model, operator, count, here, fail);
    checkNotEmpty(graph, operator, here, fail);
    const isCustom = isCustomOperator(model, operator);
    operator.inputs.forEach((tensor, position) => {
      // A custom operator may take a tensor without a value as scratch memory, as Ethos-U's does.
      if (tensor !== -1 && !isCustom && !available.has(tensor)) {
        fail(`${here}.inputs[${position}]`, `is tensor ${tensor}, which nothing has computed before`);
      }
    });
    operator.outputs.forEach((tensor, position) => {
      if (available.has(tensor)) {
        fail(`${here}.outputs[${position}]`, `is tensor ${tensor}, which already has a value`);
      }
      available.add(tensor);
    });
    if (!isCustom) applyRule(model, graph, operator, here, fail);
  });
  graph.outputs.forEach((tensor, position) => {
    if (!available.has(tensor))
      fail(`${field}.outputs[${position}]`, `is tensor ${tensor}, which nothing computes`);
  });
}

/** An operator on a tensor without elements divides by zero; the placeholders of an LSTM's intermediates may be empty. */
function checkNotEmpty(graph: SubGraph, operator: Operator, field: string, fail: Fail): void {
  for (const side of ["inputs", "outputs"] as const) {
    operator[side].forEach((tensor, position) => {
      const shape = graph.tensors[tensor]?.shape;
      if (shape?.includes(0))
        fail(`${field}.${side}[${position}]`, `has no elements: its shape is [${shape}]`);
    });
  }
}

/** Tensors that have a value before the first operator: inputs, constants and variables. */
function initialTensors(model: Model, graph: SubGraph, field: string, fail: Fail): Set<number> {
  const available = new Set<number>();
  graph.tensors.forEach((tensor, index) => {
    if (tensor.isVariable || constantData(model, tensor)) available.add(index);
  });
  for (const side of ["inputs", "outputs"] as const) {
    graph[side].forEach((tensor, position) => {
      checkIndex(tensor, graph.tensors.length, `${field}.${side}[${position}]`, "tensors", fail);
    });
  }
  graph.inputs.forEach((tensor, position) => {
    if (available.has(tensor))
      fail(`${field}.inputs[${position}]`, `is tensor ${tensor}, which already has a value`);
    available.add(tensor);
  });
  return available;
}

function checkIndices(model: Model, operator: Operator, tensors: number, field: string, fail: Fail): void {
  checkIndex(
    operator.opcodeIndex,
    model.operatorCodes.length,
    `${field}.opcodeIndex`,
    "operator codes",
    fail,
  );
  operator.inputs.forEach((tensor, position) => {
    if (tensor !== -1) checkIndex(tensor, tensors, `${field}.inputs[${position}]`, "tensors", fail);
  });
  operator.outputs.forEach((tensor, position) => {
    checkIndex(tensor, tensors, `${field}.outputs[${position}]`, "tensors", fail);
  });
  operator.intermediates?.forEach((tensor, position) => {
    checkIndex(tensor, tensors, `${field}.intermediates[${position}]`, "tensors", fail);
  });
  const mutating = operator.mutatingVariableInputs?.length ?? 0;
  if (mutating !== 0 && mutating !== operator.inputs.length) {
    fail(`${field}.mutatingVariableInputs`, `has ${mutating} values for ${operator.inputs.length} inputs`);
  }
  if (operator.largeCustomOptionsOffset > 1n || operator.largeCustomOptionsSize > 1n) {
    fail(field, "keeps its options outside of the schema, which TFLM does not read");
  }
}

function applyRule(model: Model, graph: SubGraph, operator: Operator, field: string, fail: Fail): void {
  const name = opName(model, operator);
  const rule = rules[name];
  if (!rule) return;
  const here = new OperatorCheck(model, graph, operator, name, field, fail);
  const { inputs, outputs, builtinOptions } = operator;
  if (inputs.length > rule.most) here.fail("inputs", `are ${inputs.length}, at most ${rule.most} work`);
  for (let position = 0; position < rule.required; position++) {
    if ((inputs[position] ?? -1) === -1) here.fail(`inputs[${position}]`, "is absent");
  }
  if (outputs.length !== 1) here.fail("outputs", `are ${outputs.length}, expected 1`);
  if (builtinOptions && builtinOptions.type !== rule.options) {
    here.fail("builtinOptions", `is ${builtinOptions.type}, expected ${rule.options ?? "none"}`);
  }
  if (!builtinOptions && rule.needsOptions) here.fail("builtinOptions", "is absent");
  rule.check(here);
}
