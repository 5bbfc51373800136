/** TF.js models as float TFLite models; docs/tfjs.md says how. */

import { DtmmError, dtmmError } from "../errors/index.js";
import { checkModel } from "../tflite/check.js";
import type { Model } from "../tflite/model.js";
import { readTfjsFiles } from "./files.js";
import { loadGraph } from "./graph/load.js";
import { loadLayers } from "./layers/load.js";
import { modelOf } from "./operators.js";
import { simplify } from "./simplify.js";

/**
 * Reads a TF.js model, layers or graph, from its model.json: one FLOAT32 input and output, batch 1, NHWC, in operators
 * that TFLM has had since July 2020.
 *
 * @throws DtmmError with one of the TFJS_ codes, MODEL_INPUTS_OUTPUTS or MODEL_DYNAMIC_SHAPE
 */
export async function tfjsModel(path: string): Promise<Model> {
  const files = await readTfjsFiles(path);
  try {
    const network = await (files.format === "graph" ? loadGraph(files) : loadLayers(files));
    const model = modelOf(simplify(network), path);
    checkModel(model, path);
    return model;
  } catch (error) {
    if (error instanceof DtmmError) throw error;
    // TF.js throws whatever a broken file makes it stumble over.
    throw dtmmError("TFJS_REFUSED", { path, reason: reasonOf(error) }, error);
  }
}

/** The first sentence of what TF.js says. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n")[0]!.slice(0, 300);
}
