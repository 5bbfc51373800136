/**
 * The topology of a layers model before TF.js sees it: what TF.js would loop on, or build at great cost, is refused here or
 * taken out.
 */

import { dtmmError } from "../../errors/index.js";
import { arrayAt, isObject, type JsonObject, objectAt } from "../json.js";
import { checkLimit } from "../limit.js";
import { identityLayers, refusalOf } from "./refusals.js";

const modelClasses: ReadonlySet<string> = new Set(["Sequential", "Model", "Functional"]);

/** Weights whose initial values TF.js would compute, only for the file's to replace them. */
const initialised: Readonly<Record<string, readonly string[]>> = {
  Conv2D: ["kernel", "bias"],
  DepthwiseConv2D: ["depthwise", "bias"],
  SeparableConv2D: ["depthwise", "pointwise", "bias"],
  Dense: ["kernel", "bias"],
  BatchNormalization: ["gamma", "beta", "moving_mean", "moving_variance"],
  PReLU: ["alpha"],
};
const zeros = { class_name: "Zeros", config: {} };

/** Of the layers of one model; putting them in order takes time that grows with the square. */
const maxCalls = 4096;
const maxReads = 4 * maxCalls;

interface Context {
  path: string;
  /** What cannot be brought to TFLite, in the order of the file. */
  refusals: string[];
}

/**
 * The topology with all that training needs taken out, ready for TF.js.
 *
 * @throws DtmmError TFJS_UNSUPPORTED with every layer that cannot be imported, TFJS_GRAPH for graphs that do not end
 */
export function preparedTopology(topology: JsonObject, path: string): JsonObject {
  const given = isObject(topology.model_config) ? topology.model_config : topology;
  if (!modelClasses.has(String(given.class_name))) {
    const problem = `its topology is of class ${JSON.stringify(given.class_name)}, expected Sequential, Model or Functional`;
    throw dtmmError("TFJS_NOT_A_MODEL", { path, problem });
  }
  const context: Context = { path, refusals: [] };
  const prepared = preparedModel(given, "", context);
  if (context.refusals.length > 0) throw dtmmError("TFJS_UNSUPPORTED", { path, places: context.refusals });
  return prepared;
}

/** `place` is the way to the model, with a slash at its end. */
function preparedModel(model: JsonObject, place: string, context: Context): JsonObject {
  // Keras before 2.2.3 wrote the layers of a Sequential in place of its config.
  const config = Array.isArray(model.config) ? { layers: model.config } : objectAt(model, "config");
  const given = arrayAt(config, "layers").map((layer, index) => {
    if (isObject(layer)) return layer;
    throw dtmmError("TFJS_GRAPH", {
      path: context.path,
      place: `${place}layers[${index}]`,
      problem: "is no object",
    });
  });
  if (model.class_name !== "Sequential") checkOrder(given, place, context);
  const layers = given.map((layer) => preparedLayer(layer, place, context));
  return { ...model, config: Array.isArray(model.config) ? layers : { ...config, layers } };
}

function preparedLayer(layer: JsonObject, place: string, context: Context): JsonObject {
  const config = objectAt(layer, "config");
  const className = String(layer.class_name);
  const name = `${place}${String(config.name ?? layer.name ?? "?")}`;
  if (modelClasses.has(className)) return preparedModel(layer, `${name}/`, context);
  if (place === "") checkFixed(config.batch_input_shape, name, context.path);
  const refusal = refusalOf(className, config);
  if (refusal !== undefined) context.refusals.push(`${name} (${className}${refusal && `: ${refusal}`})`);
  const kept = Object.entries(config).filter(
    ([key]) => !/_(initializer|regularizer|constraint)$/.test(key) && key !== "dtype",
  );
  const initializers = (initialised[className] ?? []).map((weight) => [`${weight}_initializer`, zeros]);
  const common = Object.fromEntries(kept);
  if (!identityLayers.has(className))
    return { ...layer, config: { ...common, ...Object.fromEntries(initializers) } };
  // TF.js does not know all of these.
  const { batch_input_shape, input_shape } = config;
  const linear = { name: config.name, activation: "linear", trainable: false };
  const shape = batch_input_shape === undefined ? {} : { batch_input_shape };
  const inner = input_shape === undefined ? {} : { input_shape };
  return { ...layer, class_name: "Activation", config: { ...linear, ...shape, ...inner } };
}

/** TF.js stumbles over unknown sizes somewhere behind the input, in words of its own. */
function checkFixed(shape: unknown, name: string, path: string): void {
  if (!Array.isArray(shape) || shape.slice(1).every((size) => size !== null)) return;
  const text = `[${shape.map((size) => size ?? "?")}]`;
  throw dtmmError("MODEL_DYNAMIC_SHAPE", { model: path, field: `the shape of ${name}`, shape: text });
}

/**
 * Every call of a layer reads calls that can have been made before. TF.js itself waits for such calls forever.
 */
function checkOrder(layers: readonly JsonObject[], place: string, context: Context): void {
  const refuse = (name: string, problem: string): never => {
    throw dtmmError("TFJS_GRAPH", { path: context.path, place: `${place}${name}`, problem });
  };
  const made = new Map<string, number>();
  const waiting: { name: string; reads: [string, number][] }[] = [];
  for (const layer of layers) {
    const name = String(layer.name);
    if (made.has(name)) refuse(name, "stands there twice");
    const inner = objectAt(layer, "config").name;
    if (inner !== undefined && inner !== layer.name)
      refuse(name, `is called ${JSON.stringify(inner)} in its config`);
    made.set(name, resultsFromTheStart(layer));
    if (!Array.isArray(layer.inbound_nodes)) refuse(name, "has no list inbound_nodes");
    for (const call of arrayAt(layer, "inbound_nodes"))
      waiting.push({ name, reads: readsOf(call, name, refuse) });
  }
  const model = place || "the model";
  const reads = waiting.reduce((sum, call) => sum + call.reads.length, 0);
  checkLimit(context.path, `number of layer calls of ${model}`, waiting.length, maxCalls);
  checkLimit(context.path, `number of what the layers of ${model} read`, reads, maxReads);
  for (const { name, reads } of waiting) {
    const missing = reads.find(([read]) => !made.has(read));
    if (missing) refuse(name, `reads ${missing[0]}, which does not exist`);
  }
  settle(waiting, made, refuse);
}

/** An input layer has a result of its own, and so has a nested model: the one inside. */
function resultsFromTheStart(layer: JsonObject): number {
  if (layer.class_name === "Sequential") {
    const { config } = layer;
    return (Array.isArray(config) ? config : arrayAt(objectAt(layer, "config"), "layers")).length > 0 ? 1 : 0;
  }
  return layer.class_name === "InputLayer" || modelClasses.has(String(layer.class_name)) ? 1 : 0;
}

function readsOf(
  call: unknown,
  name: string,
  refuse: (name: string, problem: string) => never,
): [string, number][] {
  if (!Array.isArray(call)) {
    return refuse(
      name,
      "has inbound_nodes as Keras 3 writes them, which TF.js cannot read; save with Keras 2 (tf-keras)",
    );
  }
  if (call.length === 0) refuse(name, "has a call that reads nothing");
  return call.map((read: unknown) => {
    const [layer, node] = Array.isArray(read) ? (read as unknown[]) : [];
    const known = typeof layer === "string" && Number.isInteger(node) && (node as number) >= 0;
    return known ? [layer, node as number] : refuse(name, `reads ${JSON.stringify(read)}`);
  });
}

/** Makes the calls that can be made until none is left. */
function settle(
  calls: { name: string; reads: [string, number][] }[],
  made: Map<string, number>,
  refuse: (name: string, problem: string) => never,
): void {
  let waiting = calls;
  while (waiting.length > 0) {
    const blocked = waiting.filter(({ name, reads }) => {
      const ready = reads.every(([layer, node]) => node < made.get(layer)!);
      if (ready) made.set(name, made.get(name)! + 1);
      return !ready;
    });
    if (blocked.length === waiting.length) {
      const names = [...new Set(blocked.map(({ name }) => name))];
      refuse(names.slice(0, 8).join(", "), "wait for each other's results: a cycle");
    }
    waiting = blocked;
  }
}
