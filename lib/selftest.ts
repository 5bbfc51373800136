/** What the self-test on the board is held against: golden inputs, and what the host's interpreter made of them. */

import { type RunContext, runModel, type WrittenModel, written } from "./runs.js";
import { mainGraph, opName } from "./tflite/graph.js";
import type { Model } from "./tflite/model.js";

export interface Golden {
  samples: number;
  /** `samples` inputs, end to end, as the model takes them. */
  inputs: Uint8Array;
  /** Output 0 of every sample, end to end. */
  outputs: Uint8Array;
  /** [samples][operators]: FNV-1a over an operator's first output; the second one of a packed operator is its workspace. */
  digests: Uint32Array;
  /** Name of every operator. */
  names: string[];
}

/**
 * Runs the written model over samples and takes the digest of every operator's first output, each made the output of a model
 * of its own: what an interpreter keeps of an inner tensor after Invoke is not defined.
 *
 * @param inputs samples end to end
 */
export async function goldenRun(
  packed: WrittenModel,
  { inputs, samples }: { inputs: Uint8Array; samples: number },
  context: RunContext,
): Promise<Golden> {
  const { model } = packed;
  const graph = mainGraph(model);
  const set = { bytes: inputs, samples };
  const digests = new Uint32Array(samples * graph.operators.length);
  for (const [operator, { outputs }] of graph.operators.entries()) {
    const run = await runModel(written(withOutput(model, outputs[0]!)), set, context);
    const bytes = run.outputs.length / samples;
    for (let sample = 0; sample < samples; sample++) {
      const at = sample * graph.operators.length + operator;
      digests[at] = fnv1a(run.outputs.subarray(sample * bytes, (sample + 1) * bytes));
    }
  }
  const { outputs } = await runModel(packed, set, context);
  const names = graph.operators.map((operator) => opName(model, operator));
  return { samples, inputs, outputs, digests, names };
}

/** The model with an inner tensor as its output 0. */
function withOutput(model: Model, tensor: number): Model {
  const graph = mainGraph(model);
  return { ...model, subgraphs: [{ ...graph, outputs: [tensor, ...graph.outputs] }] };
}

const fnvOffset = 0x811c9dc5;
const fnvPrime = 0x01000193;

/** FNV-1a, 32 bits (Fowler, Noll, Vo). */
export function fnv1a(bytes: Uint8Array): number {
  let value = fnvOffset;
  for (const byte of bytes) value = Math.imul(value ^ byte, fnvPrime);
  return value >>> 0;
}
