import { availableParallelism } from "node:os";
import type { Elements } from "./elements.js";
import { inOrder } from "./in-order.js";
import { chosenOf, type DataSource, type Sample, type SampleChoice } from "./source.js";

/** Files with a sample each. */
export interface FileSource extends Omit<DataSource, "total" | "flat" | "read"> {
  files: readonly string[];
  decode: (file: string) => Promise<Elements>;
}

/** A source of files with a sample each, decoded some at a time. */
export function fileSource({ files, decode, ...facts }: FileSource): DataSource {
  return { ...facts, total: files.length, flat: false, read };

  async function* read(choice: SampleChoice): AsyncGenerator<Sample> {
    const chosen = chosenOf(files.length, choice);
    const decoded = inOrder(chosen, availableParallelism(), (index) => decode(files[index]!));
    let next = 0;
    for await (const values of decoded) {
      const index = chosen[next++]!;
      yield { index, values, label: facts.labels?.values?.[index] };
    }
  }
}
