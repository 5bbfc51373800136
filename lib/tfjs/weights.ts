/** The weights of a TF.js model: the manifest held against the files before anything is read. */

import { realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileReason } from "../data/read-file.js";
import { dtmmError } from "../errors/index.js";
import { readBounded } from "./files.js";
import { arrayAt, isObject, type JsonObject } from "./json.js";
import { checkLimit } from "./limit.js";

/** Of the files, and of the decoded values. */
const maxWeightBytes = 128 * 1024 * 1024;
const maxFiles = 4096;

const bytesPerValue: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1 };
const bytesPerStored: Readonly<Record<string, number>> = { uint8: 1, uint16: 2, float16: 2 };

/** One weight of the manifest, as TF.js takes it. */
export interface WeightSpec {
  name: string;
  shape: number[];
  dtype: "float32" | "int32" | "bool";
  /** Weights of an optimizer are stored beside the model's. */
  group?: "optimizer";
  quantization?: {
    dtype: "uint8" | "uint16" | "float16";
    min?: number;
    scale?: number;
    original_dtype?: "float32";
  };
}

interface Shard {
  path: string;
  bytes: number;
}

/**
 * Reads the weights that `manifest` lists from files in `folder`.
 *
 * @param path of the model.json, for messages
 */
export async function readWeights(
  path: string,
  folder: string,
  manifest: readonly unknown[],
): Promise<{ specs: WeightSpec[]; data: ArrayBuffer }> {
  const specs: WeightSpec[] = [];
  const shards: Shard[] = [];
  const names = new Set<string>();
  let decoded = 0;
  for (const [index, group] of manifest.entries()) {
    const place = `weightsManifest[${index}]`;
    if (!isObject(group)) throw dtmmError("TFJS_WEIGHTS", { path, what: place, problem: "is not an object" });
    const listed = arrayAt(group, "weights").map((spec, i) =>
      checkedSpec(spec, path, `${place}.weights[${i}]`),
    );
    for (const { name } of listed) {
      if (names.has(name)) throw dtmmError("TFJS_WEIGHTS", { path, what: name, problem: "is listed twice" });
      names.add(name);
    }
    decoded += listed.reduce((sum, spec) => sum + 4 * countOf(spec), 0);
    const files = await shardsOf(path, folder, group, shards.length);
    const stored = files.reduce((sum, { bytes }) => sum + bytes, 0);
    const expected = listed.reduce((sum, spec) => sum + storedBytes(spec), 0);
    if (stored !== expected) {
      const problem = `are ${stored} bytes in ${files.length} files, but the weights listed take ${expected}`;
      throw dtmmError("TFJS_WEIGHTS", { path, what: `the files of ${place}`, problem });
    }
    checkLimit(path, "bytes of all weights", Math.max(decoded, total(shards) + stored), maxWeightBytes);
    specs.push(...listed);
    shards.push(...files);
  }
  return { specs, data: await readShards(path, shards) };
}

function total(shards: readonly Shard[]): number {
  return shards.reduce((sum, { bytes }) => sum + bytes, 0);
}

async function readShards(path: string, shards: readonly Shard[]): Promise<ArrayBuffer> {
  const all = new Uint8Array(total(shards));
  let at = 0;
  for (const shard of shards) {
    const bytes = await readBounded(shard.path, shard.bytes);
    if (bytes.length !== shard.bytes) {
      throw dtmmError("TFJS_WEIGHTS", { path, what: shard.path, problem: "changed while it was read" });
    }
    all.set(bytes, at);
    at += bytes.length;
  }
  return all.buffer;
}

/** Files of a group with their sizes; all of them in `folder` or below. */
async function shardsOf(path: string, folder: string, group: JsonObject, before: number): Promise<Shard[]> {
  const paths = arrayAt(group, "paths");
  checkLimit(path, "number of weight files", before + paths.length, maxFiles);
  const root = await realpath(folder);
  const shards: Shard[] = [];
  for (const name of paths) {
    const refuse = (problem: string): never => {
      throw dtmmError("TFJS_WEIGHTS", { path, what: `the file ${JSON.stringify(name)}`, problem });
    };
    if (typeof name !== "string" || name === "" || name.includes("\0")) return refuse("has no name");
    if (/^[a-z]+:\/\//i.test(name)) return refuse("is an address; dtmm reads weights from the disk only");
    const file = join(root, name);
    if (!isInside(root, file)) return refuse("leaves the folder of model.json");
    try {
      if (!isInside(root, await realpath(file))) return refuse("leaves the folder of model.json by a link");
      const facts = await stat(file);
      if (!facts.isFile()) return refuse("is not a regular file");
      shards.push({ path: file, bytes: facts.size });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
      return refuse(`cannot be read: ${fileReason(error)}`);
    }
  }
  return shards;
}

function isInside(root: string, file: string): boolean {
  const way = relative(root, file);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`);
}

function checkedSpec(spec: unknown, path: string, place: string): WeightSpec {
  const refuse = (problem: string): never => {
    throw dtmmError("TFJS_WEIGHTS", { path, what: place, problem });
  };
  if (!isObject(spec)) return refuse("is not an object");
  const { name, shape, dtype, quantization } = spec;
  if (typeof name !== "string" || name === "" || name === "__proto__") return refuse("has no name");
  const sizes: unknown[] = Array.isArray(shape) ? shape : [-1];
  if (!sizes.every((size) => Number.isSafeInteger(size) && (size as number) >= 0)) {
    return refuse(`(${name}) has the shape ${JSON.stringify(shape)}`);
  }
  if (bytesPerValue[String(dtype)] === undefined)
    return refuse(`(${name}) is of type ${JSON.stringify(dtype)}`);
  if (quantization !== undefined && !isQuantization(quantization)) {
    return refuse(`(${name}) has the quantization ${JSON.stringify(quantization)}`);
  }
  const checked = spec as unknown as WeightSpec;
  checkLimit(path, `number of values of ${name}`, countOf(checked), maxWeightBytes / 4);
  return checked;
}

function isQuantization(value: unknown): boolean {
  if (!isObject(value) || bytesPerStored[String(value.dtype)] === undefined) return false;
  return value.dtype === "float16" || [value.min, value.scale].every(Number.isFinite);
}

function countOf({ shape }: WeightSpec): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Values of all weights together. */
export function valuesOf(specs: readonly WeightSpec[]): number {
  return specs.reduce((sum, spec) => sum + countOf(spec), 0);
}

function storedBytes(spec: WeightSpec): number {
  const { quantization } = spec;
  return countOf(spec) * (quantization ? bytesPerStored[quantization.dtype]! : bytesPerValue[spec.dtype]!);
}
