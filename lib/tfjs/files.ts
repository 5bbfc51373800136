/** The files of a TF.js model, read within bounds: model.json, and the weight files that it names. */

import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { fileReason } from "../data/read-file.js";
import { DtmmError, dtmmError } from "../errors/index.js";
import { isObject, type JsonObject, objectAt, parseObject } from "./json.js";
import { checkLimit } from "./limit.js";
import { readWeights, type WeightSpec } from "./weights.js";

/** A graph has some hundred bytes per node, a model for microcontrollers some hundred nodes. */
const maxJsonBytes = 16 * 1024 * 1024;

export interface TfjsFiles {
  path: string;
  format: "layers" | "graph";
  topology: JsonObject;
  /** Names of inputs and outputs of a graph model, where the file has them. */
  signature?: JsonObject;
  specs: WeightSpec[];
  /** All weights, end to end in the order of `specs`. */
  data: ArrayBuffer;
}

/**
 * Reads a model.json and its weights.
 *
 * @throws DtmmError TFJS_UNREADABLE, TFJS_NOT_A_MODEL, TFJS_TOO_LARGE or TFJS_WEIGHTS
 */
export async function readTfjsFiles(path: string): Promise<TfjsFiles> {
  const json = jsonOf(await readBounded(path, maxJsonBytes), path);
  const { modelTopology: topology, weightsManifest: manifest } = json;
  if (!isObject(topology)) {
    throw dtmmError("TFJS_NOT_A_MODEL", { path, problem: "it has no object modelTopology" });
  }
  if (!Array.isArray(manifest)) {
    throw dtmmError("TFJS_NOT_A_MODEL", { path, problem: "it has no list weightsManifest" });
  }
  const { specs, data } = await readWeights(path, dirname(path), manifest);
  const metadata = objectAt(json, "userDefinedMetadata");
  const signature = [json.signature, metadata.signature].find(isObject);
  return { path, format: formatOf(json, topology, path), topology, signature, specs, data };
}

/** Reads a regular file of at most `limit` bytes. */
export async function readBounded(path: string, limit: number): Promise<Buffer> {
  try {
    const file = await open(path, "r");
    try {
      const facts = await file.stat();
      if (!facts.isFile()) throw new Error("it is not a regular file");
      checkLimit(path, "bytes of the file", facts.size, limit);
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof DtmmError) throw error;
    throw dtmmError("TFJS_UNREADABLE", { path, reason: fileReason(error) }, error);
  }
}

function jsonOf(bytes: Buffer, path: string): JsonObject {
  try {
    return parseObject(bytes.toString("utf8"));
  } catch (error) {
    throw dtmmError("TFJS_NOT_A_MODEL", { path, problem: (error as Error).message }, error);
  }
}

/** Old files do not say which of the two they are. */
function formatOf({ format }: JsonObject, topology: JsonObject, path: string): TfjsFiles["format"] {
  if (format === "layers-model") return "layers";
  if (format === "graph-model") return "graph";
  if (format !== undefined && format !== null) {
    throw dtmmError("TFJS_NOT_A_MODEL", { path, problem: `its format is ${JSON.stringify(format)}` });
  }
  return Array.isArray(topology.node) ? "graph" : "layers";
}
