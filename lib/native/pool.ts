import { availableParallelism } from "node:os";
import { dtmmError } from "../errors/index.js";
import type { NativeAddon } from "./addon-types.js";
import { NativeError } from "./native-error.js";
import { WorkerExit, WorkerProcess } from "./worker-process.js";

export interface PoolOptions {
  /** Absolute path of dtmm.node, from `ensureAddon`. */
  addonPath: string;
  /** Number of processes; one per core by default. */
  workers?: number;
}

export interface CallOptions {
  /** Index of the worker to use, for functions that keep state between calls. A crash loses that state. */
  worker?: number;
  /** Milliseconds after which the call is given up; `Infinity` never. Ten minutes by default. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

export type FunctionName = keyof NativeAddon;
export type Request<K extends FunctionName> = Parameters<NativeAddon[K]>[0];
export type Result<K extends FunctionName> = Awaited<ReturnType<NativeAddon[K]>>;

interface Job {
  name: string;
  request: unknown;
  options: CallOptions;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

interface Slot {
  process: WorkerProcess | undefined;
  /** Jobs for this worker alone; they go before those that any worker may take. */
  queue: Job[];
  busy: boolean;
}

const defaultTimeoutMs = 600_000;

/**
 * Child processes that run the addon's functions. The parent never loads the addon, so that a crash or a hang in
 * somebody's TFLM tree costs one call and a coded error; the process is then started anew for the next call.
 */
export class WorkerPool {
  readonly #addonPath: string;
  readonly #slots: Slot[];
  readonly #queue: Job[] = [];
  readonly #onExit = () => {
    for (const slot of this.#slots) slot.process?.killNow();
  };
  #closed = false;

  private constructor({ addonPath, workers = availableParallelism() }: PoolOptions) {
    this.#addonPath = addonPath;
    this.#slots = Array.from({ length: workers }, () => ({ process: undefined, queue: [], busy: false }));
    process.on("exit", this.#onExit);
  }

  /**
   * Starts the workers and waits until all have loaded the addon.
   *
   * @throws NATIVE_LOAD_FAILED
   */
  static async open(options: PoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(options);
    const started = await Promise.allSettled(pool.#slots.map((slot) => pool.#ensureProcess(slot)));
    const failed = started.find((outcome) => outcome.status === "rejected");
    if (failed) {
      await pool.close();
      throw failed.reason;
    }
    return pool;
  }

  /** Number of workers. */
  get size(): number {
    return this.#slots.length;
  }

  /**
   * Calls one function of the addon in the next free worker, or in the one that `options.worker` names.
   *
   * @throws NATIVE_REJECTED (cause: a NativeError) if the function threw; NATIVE_CRASHED if the process died while it ran
   *   a model, NATIVE_FAULT if it died otherwise; NATIVE_TIMEOUT; `signal.reason` after an abort
   */
  call<K extends FunctionName>(name: K, request: Request<K>, options: CallOptions = {}): Promise<Result<K>> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#closed) throw dtmmError("INTERNAL", { what: `${name} was called on a closed worker pool` });
      const job: Job = { name, request, options, resolve, reject };
      const own = options.worker === undefined ? undefined : this.#slots[options.worker];
      if (options.worker !== undefined && !own) {
        throw dtmmError("INTERNAL", { what: `worker ${options.worker} of a pool of ${this.size}` });
      }
      (own?.queue ?? this.#queue).push(job);
      for (const slot of own ? [own] : this.#slots) void this.#drain(slot);
    }) as Promise<Result<K>>;
  }

  /** Ends all workers at once, and with them the calls that still run. */
  async close(): Promise<void> {
    this.#closed = true;
    process.removeListener("exit", this.#onExit);
    await Promise.all(this.#slots.map((slot) => slot.process?.kill()));
  }

  async #drain(slot: Slot): Promise<void> {
    if (slot.busy) return;
    slot.busy = true;
    for (let job = this.#next(slot); job; job = this.#next(slot)) {
      try {
        job.resolve(await this.#run(slot, job));
      } catch (error) {
        job.reject(error);
      }
    }
    slot.busy = false;
  }

  #next(slot: Slot): Job | undefined {
    return slot.queue.shift() ?? this.#queue.shift();
  }

  async #run(slot: Slot, { name, request, options }: Job): Promise<unknown> {
    const { signal, timeoutMs = defaultTimeoutMs } = options;
    signal?.throwIfAborted();
    if (this.#closed)
      throw dtmmError("INTERNAL", { what: `the worker pool was closed before ${name} could run` });
    const worker = await this.#ensureProcess(slot);
    let timedOut = false;
    const stop = () => worker.killNow();
    const giveUp = () => {
      timedOut = true;
      stop();
    };
    const timer = Number.isFinite(timeoutMs) ? setTimeout(giveUp, timeoutMs) : undefined;
    signal?.addEventListener("abort", stop, { once: true });
    try {
      return await worker.call(name, request);
    } catch (error) {
      signal?.throwIfAborted();
      if (this.#closed)
        throw dtmmError("INTERNAL", { what: `the worker pool was closed while ${name} ran` }, error);
      if (timedOut) throw dtmmError("NATIVE_TIMEOUT", { function: name, seconds: timeoutMs / 1000 }, error);
      throw explain(name, request, error);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    }
  }

  async #ensureProcess(slot: Slot): Promise<WorkerProcess> {
    if (!slot.process?.alive) slot.process = await WorkerProcess.start(this.#addonPath);
    return slot.process;
  }
}

function explain(name: string, request: unknown, error: unknown): unknown {
  if (error instanceof NativeError) {
    return dtmmError("NATIVE_REJECTED", { function: name, code: error.code, text: error.message }, error);
  }
  if (!(error instanceof WorkerExit)) return error;
  const detail = error.stderr ? `:\n${error.stderr}` : "";
  // A request with a model or samples for one runs TFLM's code; everything else is ours.
  const code = runsModel(request) ? "NATIVE_CRASHED" : "NATIVE_FAULT";
  return dtmmError(code, { function: name, how: error.how, detail }, error);
}

function runsModel(request: unknown): boolean {
  const fields = Object.keys(request as object);
  return ["model", "reference", "inputs"].some((field) => fields.includes(field));
}
