/** What lies in the arena while a model runs: TFLM's own plan, with the lifetimes that follow from the graph. */

import type { WorkerPool } from "./native/pool.js";
import type { WrittenModel } from "./runs.js";
import { arenaFor, mainGraph, opName } from "./tflite/graph.js";
import type { Model } from "./tflite/model.js";

/** One activation in the arena. */
export interface ArenaTensor {
  /** Index in the main subgraph. */
  tensor: number;
  /** From the start of the arena. */
  offset: number;
  bytes: number;
  /** Operators that write it first and read it last; the model's input is there before operator 0. */
  first: number;
  last: number;
}

export interface ArenaMap {
  /** In use on this host. */
  arenaBytes: number;
  /** Of these, what the planner shares among activations; the rest are structures that stay, and persistent scratch memory. */
  plannedBytes: number;
  tensors: ArenaTensor[];
  /** By operator: its name, and the bytes of the activations that are alive while it runs. */
  steps: { op: string; liveBytes: number }[];
}

/** The operator that reads each tensor last; the model's outputs live to the end. */
function lastReads(model: Model): Map<number, number> {
  const { operators, outputs } = mainGraph(model);
  const last = new Map<number, number>();
  operators.forEach(({ inputs }, index) => {
    for (const tensor of inputs) last.set(tensor, index);
  });
  for (const tensor of outputs) last.set(tensor, operators.length - 1);
  return last;
}

/** The arena of a model with one input, from a run in the interpreter. */
export async function arenaMap(
  { model, bytes }: WrittenModel,
  { pool, signal }: { pool: WorkerPool; signal: AbortSignal },
): Promise<ArenaMap> {
  const graph = mainGraph(model);
  const request = { model: bytes, arenaBytes: arenaFor(model) };
  const placed = await pool.call("arenaMap", request, { signal });
  const last = lastReads(model);
  const writers = new Map(
    graph.operators.flatMap(({ outputs }, index) => outputs.map((tensor) => [tensor, index] as const)),
  );
  const tensors = placed.tensors.map(({ tensor, offset, bytes: size }): ArenaTensor => {
    const index = tensor < 0 ? graph.inputs[0]! : tensor;
    const first = writers.get(index) ?? 0;
    return { tensor: index, offset, bytes: size, first, last: last.get(index) ?? first };
  });
  const live = (step: number) =>
    tensors
      .filter(({ first, last: end }) => first <= step && step <= end)
      .reduce((sum, tensor) => sum + tensor.bytes, 0);
  return {
    arenaBytes: placed.arenaBytes,
    plannedBytes: Math.max(0, ...tensors.map(({ offset, bytes: size }) => offset + size)),
    tensors,
    steps: graph.operators.map((operator, step) => ({ op: opName(model, operator), liveBytes: live(step) })),
  };
}
