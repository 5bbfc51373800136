/** Runs whatever the checks in front of the interpreter let through, and counts what becomes of it. */

import { DtmmError, type ErrorCode } from "../../../lib/errors/index.js";
import type { WorkerPool } from "../../../lib/native/pool.js";
import { checkModel } from "../../../lib/tflite/check.js";
import { arenaFor, mainGraph, tensorBytes } from "../../../lib/tflite/graph.js";
import type { Model } from "../../../lib/tflite/model.js";
import { readModel } from "../../../lib/tflite/reader.js";

/** What may become of a model that the checks accepted. */
export const outcomes = ["ran", "NATIVE_REJECTED", "NATIVE_CRASHED", "NATIVE_TIMEOUT"] as const;
export type Outcome = (typeof outcomes)[number];

export interface Tally extends Record<Outcome, number> {
  /** Not a model, as reader or check say. */
  refused: number;
  accepted: number;
}

/** Longer than any fixture takes on a busy machine. */
const timeoutMs = 15_000;
/** Larger inputs say nothing new and take long to send. */
const maxInputBytes = 1 << 20;
const atOnce = 32;

/** The model value, or `undefined` where reader or check refuse the file with an error of the user's kind. */
export function accepted(bytes: Uint8Array): Model | undefined {
  try {
    const model = readModel(bytes);
    checkModel(model);
    return model;
  } catch (error) {
    if (error instanceof DtmmError && error.exit === 2) return undefined;
    throw error;
  }
}

/** Two samples of the model's input size through the interpreter, the second one on host kernels. */
export async function outcomeOf(pool: WorkerPool, bytes: Uint8Array, model: Model): Promise<Outcome> {
  const { inputs, tensors } = mainGraph(model);
  const input = tensors[inputs[0] ?? -1];
  const size = Math.min(maxInputBytes, (input && tensorBytes(input)) ?? 0);
  const samples = { inputs: new Uint8Array(2 * size).fill(17), samples: 2, treeSamples: 1 };
  try {
    await pool.call("runModel", { model: bytes, arenaBytes: arenaFor(model), ...samples }, { timeoutMs });
    return "ran";
  } catch (error) {
    const code: ErrorCode | undefined = error instanceof DtmmError ? error.code : undefined;
    const outcome = outcomes.find((one) => one === code);
    if (outcome === undefined) throw error;
    return outcome;
  }
}

/** Every file through the checks, and through the interpreter if they accept it. */
export async function attack(pool: WorkerPool, files: readonly Uint8Array[]): Promise<Tally> {
  const tally: Tally = {
    refused: 0,
    accepted: 0,
    ran: 0,
    NATIVE_REJECTED: 0,
    NATIVE_CRASHED: 0,
    NATIVE_TIMEOUT: 0,
  };
  for (let first = 0; first < files.length; first += atOnce) {
    const runs = files.slice(first, first + atOnce).map(async (bytes) => {
      const model = accepted(bytes);
      if (model === undefined) return "refused";
      tally.accepted++;
      return outcomeOf(pool, bytes, model);
    });
    for (const outcome of await Promise.all(runs)) tally[outcome]++;
  }
  return tally;
}
