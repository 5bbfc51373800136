import path from "node:path";
import { type DataSettings, openSource } from "../../lib/data/open.js";
import type { DataSource, Sample, SampleChoice } from "../../lib/data/source.js";
import { tempFolder, writeFiles } from "../cli/support/temp-folder.js";

/** Settings that leave recorded numbers as they are. */
export const plain: DataSettings = { inputScale: 1, inputOffset: 0 };

/** A temporary folder, and a function that puts one file into it under a name of its own. */
export function fileMaker(): (end: string, content: string | Uint8Array) => string {
  const folder = tempFolder();
  let files = 0;
  return (end, content) => {
    const name = `${files++}${end}`;
    writeFiles(folder, { [name]: content });
    return path.join(folder, name);
  };
}

export function open(file: string, settings: Partial<DataSettings> = {}, shape?: readonly number[]) {
  const { signal } = new AbortController();
  return openSource(file, { ...plain, ...settings }, signal, shape && { shape });
}

/** The values of the chosen samples, and their labels. */
export async function read(source: DataSource, choice: SampleChoice = {}) {
  const samples: (Omit<Sample, "values"> & { values: number[] })[] = [];
  for await (const { index, values, label } of source.read(choice)) {
    samples.push({ index, values: Array.from(values as ArrayLike<number | bigint>, Number), label });
  }
  return {
    indices: samples.map(({ index }) => index),
    values: samples.map(({ values }) => values),
    labels: samples.map(({ label }) => label),
  };
}
