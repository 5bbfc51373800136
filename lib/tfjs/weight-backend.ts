/** The part of a TF.js backend that loading a model needs: it keeps values and computes nothing. */

import type * as Core from "@tensorflow/tfjs-core";

type Tfjs = typeof Core;
type Values = Core.BackendValues;

const backendName = "dtmm-weights";

/** The last import under way: TF.js has one active backend, so they take turns. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * Calls `load` with a backend that holds at most `maxValues` values, and drops what it holds behind it.
 *
 * A TF.js backend that the caller's own program uses is active again afterwards.
 */
export function withWeightBackend<T>(tf: Tfjs, maxValues: number, load: () => Promise<T>): Promise<T> {
  const result = turn.then(() => onBackend(tf, maxValues, load));
  turn = result.catch(() => undefined);
  return result;
}

async function onBackend<T>(tf: Tfjs, maxValues: number, load: () => Promise<T>): Promise<T> {
  const before: string | undefined = tf.engine().backendName;
  tf.registerBackend(backendName, () => makeBackend(tf, maxValues), 0);
  await tf.setBackend(backendName);
  try {
    return await load();
  } finally {
    tf.removeBackend(backendName);
    if (before !== undefined) await tf.setBackend(before);
  }
}

function makeBackend(tf: Tfjs, maxValues: number): Core.KernelBackend {
  interface Entry {
    values: Values;
    count: number;
  }

  class WeightBackend extends tf.KernelBackend {
    private readonly entries = new tf.DataStorage<Entry>(this, tf.engine());
    private held = 0;

    override write(values: Values, shape: number[], dtype: Core.DataType): object {
      const dataId = {};
      this.move(dataId, values, shape, dtype, 1);
      return dataId;
    }

    override move(dataId: object, values: Values, _shape: number[], _dtype: string, count: number): void {
      this.held += values.length;
      if (this.held > maxValues) throw new RangeError("it asks for more weights than its files hold");
      this.entries.set(dataId, { values, count });
    }

    override readSync(dataId: object): Values {
      return this.entries.get(dataId).values;
    }

    override async read(dataId: object): Promise<Values> {
      return this.readSync(dataId);
    }

    override refCount(dataId: object): number {
      return this.entries.has(dataId) ? this.entries.get(dataId).count : 0;
    }

    override incRef(dataId: object): void {
      this.entries.get(dataId).count++;
    }

    override disposeData(dataId: object, force = false): boolean {
      if (!this.entries.has(dataId)) return true;
      const entry = this.entries.get(dataId);
      entry.count--;
      if (!force && entry.count > 0) return false;
      this.held -= entry.values.length;
      return this.entries.delete(dataId);
    }

    override dispose(): void {
      this.held = 0;
    }
  }

  return new WeightBackend();
}
