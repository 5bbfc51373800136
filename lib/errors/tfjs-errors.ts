import { entry } from "./entry.js";

/** Errors in a TF.js model: model.json and the weight files beside it. */
export const tfjsErrors = {
  // import of TF.js models
  TFJS_UNREADABLE: entry<{ path: string; reason: string }>({
    exit: 2,
    message: (d) => `cannot read ${d.path} of the TF.js model: ${d.reason}`,
    hint: () => "Give the model.json of a TF.js model with its weight files in the same folder.",
  }),
  TFJS_NOT_A_MODEL: entry<{ path: string; problem: string }>({
    exit: 2,
    message: (d) => `${d.path} is no model.json of TF.js: ${d.problem}`,
    hint: () =>
      "Give the JSON file that `model.save` of TF.js or tensorflowjs_converter wrote, unchanged; it has the keys modelTopology and weightsManifest.",
  }),
  TFJS_TOO_LARGE: entry<{ path: string; what: string; value: number; limit: number }>({
    exit: 2,
    message: (d) => `${d.path}: ${d.what}: ${d.value}, the limit is ${d.limit}`,
    hint: () => "dtmm works on models for microcontrollers. Use a smaller model.",
  }),
  TFJS_WEIGHTS: entry<{ path: string; what: string; problem: string }>({
    exit: 2,
    message: (d) => `the weights of ${d.path} do not fit: ${d.what} ${d.problem}`,
    hint: () =>
      "model.json and its weight files belong together: copy or save all of them again, into one folder.",
  }),
  TFJS_WEIGHT_NOT_FINITE: entry<{ path: string; weight: string; value: string; at: number }>({
    exit: 2,
    message: (d) => `${d.path}: the weight ${d.weight} has ${d.value} at index ${d.at}`,
    hint: () =>
      "The training diverged, or the weights do not fit float16. Save the model from a good checkpoint.",
  }),
  TFJS_GRAPH: entry<{ path: string; place: string; problem: string }>({
    exit: 2,
    message: (d) => `${d.path} has a broken graph: ${d.place} ${d.problem}`,
    hint: () => "TF.js cannot run such a model either. Save or convert it again.",
  }),
  TFJS_UNSUPPORTED: entry<{ path: string; places: string[] }>({
    exit: 2,
    message: (d) => `${d.path} has what dtmm cannot bring to TFLite: ${d.places.join("; ")}`,
    hint: () => "docs/tfjs.md lists what is supported. Replace these layers, or leave them to the firmware.",
  }),
  TFJS_REFUSED: entry<{ path: string; reason: string }>({
    exit: 2,
    message: (d) => `TF.js cannot load ${d.path}: ${d.reason}`,
    hint: () =>
      "Check that TF.js itself loads the model (tf.loadLayersModel or tf.loadGraphModel), and save or convert it again.",
  }),
};
