import type { CompareRequest, CompareResult, RunRequest, RunResult, SampleRun } from "./addon-types.js";
import type { CallOptions, WorkerPool } from "./pool.js";

/** A run of consecutive samples and the worker they belong to. */
export interface Batch {
  first: number;
  count: number;
  worker: number;
}

export interface MapOptions {
  /** Samples per call; by default eight calls per worker, so that progress moves and an abort is quick. */
  batch?: number;
  /** Called with the samples that are done. */
  progress?: (done: number, total: number) => void;
  timeoutMs?: number;
  signal?: AbortSignal;
}

const callsPerWorker = 8;

/**
 * Spreads samples over all workers. Batch i always goes to worker i mod size, so that sums which a worker keeps between
 * its batches come out the same in every run with as many workers.
 *
 * @param run does one batch, with the options to hand to `pool.call`
 * @returns the results of the batches, in the order of the samples
 * @throws what `run` throws first; the batches that have not begun then never do
 */
export async function mapSamples<T>(
  pool: WorkerPool,
  samples: number,
  run: (batch: Batch, call: CallOptions) => Promise<T>,
  options: MapOptions = {},
): Promise<T[]> {
  const size = options.batch ?? Math.max(1, Math.ceil(samples / (pool.size * callsPerWorker)));
  const batches = Array.from({ length: Math.ceil(samples / size) }, (_, index) => ({
    first: index * size,
    count: Math.min(size, samples - index * size),
    worker: index % pool.size,
  }));
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
  const results = new Array<T>(batches.length);
  let done = 0;

  const lane = async (worker: number) => {
    for (let index = worker; index < batches.length; index += pool.size) {
      signal.throwIfAborted();
      const batch = batches[index]!;
      results[index] = await run(batch, { worker, timeoutMs: options.timeoutMs, signal });
      done += batch.count;
      options.progress?.(done, samples);
    }
  };
  const lanes = Array.from({ length: pool.size }, (_, worker) =>
    lane(worker).catch((error: unknown) => {
      // The first failure ends the other lanes; it is also the reason they then fail with.
      failed.abort(error);
      throw error;
    }),
  );
  const outcomes = await Promise.allSettled(lanes);
  const rejected = outcomes.some((outcome) => outcome.status === "rejected");
  if (rejected) throw signal.reason;
  return results;
}

/** `runModel` over all workers: the outputs of all samples, end to end, and the arena in use. */
export async function runSamples(
  pool: WorkerPool,
  request: RunRequest,
  options?: MapOptions,
): Promise<RunResult> {
  const parts = await mapSamples(
    pool,
    request.samples,
    (batch, call) => pool.call("runModel", { ...request, ...sliceInputs(request, batch) }, call),
    options,
  );
  return { ...parts[0]!, outputs: concat(parts.map((part) => part.outputs)), strays: allStrays(parts) };
}

/** `compareModels` over all workers: outputs end to end, differing bytes summed per operator. */
export async function compareSamples(
  pool: WorkerPool,
  request: CompareRequest,
  options?: MapOptions,
): Promise<CompareResult> {
  const parts = await mapSamples(
    pool,
    request.samples,
    (batch, call) => pool.call("compareModels", { ...request, ...sliceInputs(request, batch) }, call),
    options,
  );
  const differingBytes = parts[0]!.differingBytes.map((_, operator) =>
    parts.reduce((sum, part) => sum + part.differingBytes[operator]!, 0),
  );
  const outputs = concat(parts.map((part) => part.outputs));
  return { ...parts[0]!, outputs, differingBytes, strays: allStrays(parts) };
}

/** One batch of a run; every sample has the same length, and every batch its share of the tree's samples, rounded up. */
export function sliceInputs({ inputs, samples, treeSamples = 0 }: SampleRun, batch: Batch): SampleRun {
  const { first, count } = batch;
  const bytes = inputs.length / samples;
  return {
    inputs: inputs.subarray(first * bytes, (first + count) * bytes),
    samples: count,
    treeSamples: Math.min(count, Math.ceil((treeSamples * count) / samples)),
  };
}

function allStrays(parts: readonly { strays: Int32Array }[]): Int32Array {
  const found = new Set(parts.flatMap(({ strays }) => [...strays]));
  return Int32Array.from(found).sort();
}

function concat(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
