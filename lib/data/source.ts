/** What every kind of recorded data is to the rest: samples of one shape that can be chosen and read. */

import type { Elements, ElementType } from "./elements.js";
import { Random } from "./random.js";

/** Which samples to take; all of them when `limit` is absent. */
export interface SampleChoice {
  limit?: number;
  /** Seed of the choice; the chosen samples keep the source's order. */
  seed?: number;
}

export interface Sample {
  /** Number of the sample in its source, from 0. */
  index: number;
  values: Elements;
  /** Its class, where the source has one. */
  label?: number;
}

/** Classes that a source knows of its samples. */
export interface SourceLabels {
  /** One per sample of the whole source, where they are known before any sample is decoded. */
  values?: Float64Array;
  /** Names of the classes by their number, where numbers were made from names. */
  names?: readonly string[];
}

export type DataKind = "npy" | "npz" | "bin" | "csv" | "module" | "images" | "audio";

/** Recorded data that were opened: everything is known of them but the values. */
export interface DataSource {
  kind: DataKind;
  /** As errors and reports call it. */
  path: string;
  /** Number of samples; absent where only reading to the end can tell. */
  total?: number;
  /** Shape of one sample, without an axis for the batch. */
  shape: readonly number[];
  /** The values come without axes: it is enough that their number is the model's. */
  flat: boolean;
  /** Type of the values; int8 ones are model inputs already. */
  type: ElementType;
  labels?: SourceLabels;
  /** What was passed over, such as files of other kinds; for people. */
  notes?: readonly string[];
  /**
   * Reads the chosen samples in ascending order; nothing else is decoded. The values are the reader's until it asks for the
   * next sample.
   */
  read(choice: SampleChoice): AsyncIterable<Sample>;
}

/** What the model wants, as far as opening a source depends on it. */
export interface ExpectedInput {
  /** Shape of one sample. */
  shape: readonly number[];
}

/** The numbers of the chosen samples out of `total`, ascending. */
export function chosenOf(total: number, { limit, seed }: SampleChoice): number[] {
  return new Random(seed ?? 0).choose(total, limit ?? total);
}
