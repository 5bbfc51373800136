/** The real interpreter for tests: the addon that the global setup built, in one worker pool per test file. */

import { afterAll, beforeAll, inject } from "vitest";
import { WorkerPool } from "../../lib/native/pool.js";
import type { StageProgress } from "../../lib/progress/progress.js";
import type { RunContext } from "../../lib/runs.js";
import { mainGraph } from "../../lib/tflite/graph.js";
import type { Model } from "../../lib/tflite/model.js";

export const quietStage: StageProgress = { update: () => undefined, done: () => undefined };

/** Opens a pool for the tests of the calling file and closes it behind them. */
export function usePool(workers = 2): { readonly pool: WorkerPool; readonly context: RunContext } {
  let opened: WorkerPool | undefined;
  beforeAll(async () => {
    opened = await WorkerPool.open({ addonPath: inject("addonPath"), workers });
  });
  afterAll(() => opened?.close());
  const pool = () => {
    if (opened === undefined) throw new Error("the pool is open only while tests run");
    return opened;
  };
  return {
    get pool() {
      return pool();
    },
    get context() {
      return { pool: pool(), signal: new AbortController().signal, progress: quietStage };
    },
  };
}

/** The same model with an activation inside as its output 0. */
export function withOutput(model: Model, operator: number): Model {
  const graph = mainGraph(model);
  const inner = graph.operators[operator]!.outputs[0]!;
  return { ...model, subgraphs: [{ ...graph, outputs: [inner, ...graph.outputs] }] };
}

/** Bytes of int8 values. */
export function bytesOf(values: Int8Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.length);
}
