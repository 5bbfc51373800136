/** Budgets that no pruning meets: by how much, and what binds. */

import { type DtmmError, dtmmError } from "../errors/index.js";
import { activationSteps, peakActivations } from "../taylor/memory.js";
import { constantData, mainGraph, opName, tensorBytes } from "../tflite/graph.js";
import type { Model } from "../tflite/model.js";
import type { Preview } from "./figures.js";
import type { Budgets } from "./plan.js";

function operatorText(model: Model, operator: number): string {
  return `operator ${operator} (${opName(model, mainGraph(model).operators[operator]!)})`;
}

function denseNote(frozen: number): string {
  return frozen === 0 ? "" : `; ${frozen} of its layers stay dense to meet the other limits`;
}

/** LIMIT_OUT_OF_REACH for the file size, given the smallest file. */
function flashOutOfReach(limit: number, smallest: Preview, frozen: number): DtmmError {
  const { packed, figures } = smallest;
  const [largest] = [...packed.layers].sort((a, b) => b.packedBytes - a.packedBytes);
  const layers = packed.layers.reduce((sum, layer) => sum + layer.packedBytes, 0);
  const rest = figures.bytes - layers;
  const percent = ((100 * rest) / figures.bytes).toFixed(0);
  const most =
    largest === undefined
      ? ""
      : `, and of the pruned layers ${operatorText(packed.model, largest.operator)} has most, ${largest.packedBytes} bytes`;
  return dtmmError("LIMIT_OUT_OF_REACH", {
    limit: "the flash limit",
    value: limit,
    left: figures.bytes,
    excess: figures.bytes - limit,
    unit: "bytes",
    binds: `${rest} bytes of them (${percent} %) are not in pruned layers${most}${denseNote(frozen)}`,
  });
}

/** LIMIT_OUT_OF_REACH for the latency, given the fastest model. */
function latencyOutOfReach(limit: number, fastest: Preview, frozen: number): DtmmError {
  const { latency } = fastest.figures;
  const pruned = fastest.packed.layers.filter(({ op }) => op !== undefined).length;
  return dtmmError("LIMIT_OUT_OF_REACH", {
    limit: "the latency limit",
    value: limit,
    left: latency,
    excess: Number((latency - limit).toFixed(4)),
    unit: "of the dense time",
    binds: `that is what the outputs of ${pruned} packed layers and the operators that stay dense are predicted to take${denseNote(frozen)}`,
  });
}

/** The limit, if any, that not even the model with everything pruned meets. */
export function unreachable(budgets: Budgets, smallest: Preview, frozen: number): DtmmError | undefined {
  const { bytes, latency } = smallest.figures;
  if (budgets.flash !== undefined && bytes > budgets.flash) {
    return flashOutOfReach(budgets.flash, smallest, frozen);
  }
  if (budgets.latency !== undefined && latency > budgets.latency) {
    return latencyOutOfReach(budgets.latency, smallest, frozen);
  }
  return undefined;
}

/** Converters join the names of all that was fused into an operator; so much of one tells which it is. */
const nameLength = 40;

function tensorText(index: number, name = ""): string {
  const short = name.length > nameLength ? `${name.slice(0, nameLength)}...` : name;
  return short === "" ? `tensor ${index}` : `tensor ${index} (${short})`;
}

/** The activations that are alive at an operator, largest first. */
function aliveAt(model: Model, operator: number): { name: string; bytes: number }[] {
  const { tensors, operators, inputs, outputs } = mainGraph(model);
  return tensors
    .flatMap((tensor, index) => {
      if (constantData(model, tensor) !== undefined) return [];
      const users = operators.flatMap((other, at) =>
        [...other.inputs, ...other.outputs].includes(index) ? [at] : [],
      );
      const from = inputs?.includes(index) ? 0 : users[0];
      const to = outputs?.includes(index) ? operators.length - 1 : users.at(-1);
      const alive = from !== undefined && to !== undefined && from <= operator && operator <= to;
      return alive ? [{ name: tensorText(index, tensor.name), bytes: tensorBytes(tensor) ?? 0 }] : [];
    })
    .sort((a, b) => b.bytes - a.bytes);
}

/**
 * LIMIT_OUT_OF_REACH for the arena, with the two largest activations at the peak: the operator where the sum of what is
 * alive is largest.
 *
 * @param least the smallest arena that any choice of dense and packed layers has, by TFLM's own planner
 */
export function arenaOutOfReach(limit: number, least: number, model: Model): DtmmError {
  const { operator } = peakActivations(activationSteps(model, new Map()), []);
  const tensors = aliveAt(model, operator)
    .slice(0, 2)
    .map(({ name, bytes }) => `${name} with ${bytes} bytes`);
  return dtmmError("LIMIT_OUT_OF_REACH", {
    limit: "the arena limit",
    value: limit,
    left: least,
    excess: least - limit,
    unit: "bytes",
    binds: `at ${operatorText(model, operator)}, where most is alive at once, the largest are ${tensors.join(" and ")}`,
  });
}
