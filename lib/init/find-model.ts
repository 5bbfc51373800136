import { stat } from "node:fs/promises";
import { join } from "node:path";
import { DtmmError } from "../errors/index.js";
import { arraysIn, isModel } from "../firmware/model-array/find.js";
import { findSources } from "../firmware/resolver/scan.js";
import { type ImportedModel, importModel } from "../import.js";
import { isFloatModel } from "../quantise/model.js";
import { type Finding, type Findings, textOf } from "./finding.js";

/** A model that can be pruned. */
export interface FoundModel {
  /** Relative to the root. */
  path: string;
  imported: ImportedModel;
}

/** The identifier of a .tflite file as numbers in C, hexadecimal or decimal. */
const identifier =
  /(?:0[xX]54|84)[uU]?\s*,\s*(?:0[xX]46|70)[uU]?\s*,\s*(?:0[xX]4[cC]|76)[uU]?\s*,\s*(?:0[xX]33|51)[uU]?\s*,/;
/** Numbers in C take about six characters a byte; larger models hardly come as arrays. */
const maxSourceBytes = 32 * 1024 * 1024;

/** Where a model may stand: a file, and the array in it where it is a source. */
type Place = [path: string, arrayName: string | undefined];

/**
 * The models of a project that can be pruned: arrays in its sources, since they are what the firmware runs, then .tflite
 * files; where none is int8, float ones, then those of TF.js. One that holds the same bytes as another is left out.
 */
export async function findModels(root: string, ignore: string[]): Promise<Findings<FoundModel>> {
  const places = [...(await sourceArrays(root, ignore)), ...(await tfliteFiles(root, ignore))];
  const int8 = await importable(root, places, false);
  if (int8.candidates.length > 0) return int8;
  const float = await importable(root, places, true);
  if (float.candidates.length > 0) return float;
  const tfjs = await importable(root, await tfjsFiles(root, ignore), true);
  return { candidates: tfjs.candidates, notes: [...float.notes, ...tfjs.notes] };
}

async function importable(
  root: string,
  places: readonly Place[],
  float: boolean,
): Promise<Findings<FoundModel>> {
  const found: Findings<FoundModel> = { candidates: [], notes: [] };
  const bySha256 = new Map<string, Finding<FoundModel>>();
  for (const [path, arrayName] of places) {
    try {
      const imported = await importModel(join(root, path), {
        purpose: "prune",
        arrayName,
        dense: true,
        float,
      });
      const same = bySha256.get(imported.sha256);
      if (same) {
        same.reason += `; ${path} holds the same bytes`;
        continue;
      }
      const finding = { value: { path, imported }, reason: await reasonOf(root, path, imported) };
      bySha256.set(imported.sha256, finding);
      found.candidates.push(finding);
    } catch (error) {
      if (!(error instanceof DtmmError)) throw error;
      found.notes.push(`${path} is passed over: ${error.message}`);
    }
  }
  return found;
}

async function sourceArrays(root: string, ignore: string[]): Promise<Place[]> {
  const arrays: Place[] = [];
  for (const path of await findSources(root, { ignore, maxBytes: maxSourceBytes })) {
    const text = await textOf(root, path);
    if (text === undefined || !identifier.test(text)) continue;
    for (const { name, bytes } of arraysIn(text).arrays) if (isModel(bytes)) arrays.push([path, name]);
  }
  return arrays;
}

async function tfliteFiles(root: string, ignore: string[]): Promise<Place[]> {
  const options = { names: /\.tflite$/i, ignore, maxBytes: Number.POSITIVE_INFINITY };
  return (await findSources(root, options)).map((path) => [path, undefined]);
}

/** JSON files that name the weights of a TF.js model. */
async function tfjsFiles(root: string, ignore: string[]): Promise<Place[]> {
  const places: Place[] = [];
  for (const path of await findSources(root, { names: /\.json$/i, ignore, maxBytes: maxSourceBytes })) {
    if ((await textOf(root, path))?.includes('"weightsManifest"')) places.push([path, undefined]);
  }
  return places;
}

async function reasonOf(root: string, path: string, imported: ImportedModel): Promise<string> {
  const { array, bytes, model } = imported;
  const kind = path.endsWith(".json")
    ? "a TF.js model"
    : isFloatModel(model)
      ? "a float model"
      : "an int8 model";
  const quantised = isFloatModel(model) ? ", which prune quantises" : "";
  if (array === undefined) return `${kind} of ${(await stat(join(root, path))).size} bytes${quantised}`;
  const text = (await textOf(root, path)) ?? "";
  const line = arraysIn(text).arrays.find(({ name }) => name === array)?.line;
  return `${path}:${line} holds ${kind} of ${bytes.length} bytes as the array ${array}${quantised}`;
}
