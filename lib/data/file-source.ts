import { availableParallelism } from "node:os";
import type { Elements } from "./elements.js";
import { inOrder } from "./in-order.js";
import { chosenOf, type DataSource, type Sample, type SampleChoice } from "./source.js";

/** Decodes samples by their numbers. */
export interface Decoder {
  decode: (index: number) => Promise<Elements>;
  /** Ends what `start` has started. */
  close?: () => void;
}

/** Samples that are decoded each by itself. */
export interface FileSource extends Omit<DataSource, "total" | "flat" | "read"> {
  count: number;
  /** Called for every reading. */
  start: () => Promise<Decoder>;
}

/** A source of samples that are decoded each by itself, some at a time. */
export function fileSource({ count, start, ...facts }: FileSource): DataSource {
  return { ...facts, total: count, flat: false, read };

  async function* read(choice: SampleChoice): AsyncGenerator<Sample> {
    const chosen = chosenOf(count, choice);
    const { decode, close } = await start();
    try {
      let next = 0;
      for await (const values of inOrder(chosen, availableParallelism(), decode)) {
        const index = chosen[next++]!;
        yield { index, values, label: facts.labels?.values?.[index] };
      }
    } finally {
      close?.();
    }
  }
}
