/** Which layers of a layers model can be brought to TFLite, by class and by the config that the file has. */

import { isObject, type JsonObject } from "../json.js";

/** Layers that do nothing when a model is used. */
export const identityLayers: ReadonlySet<string> = new Set([
  ...["Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianNoise", "GaussianDropout", "AlphaDropout"],
  ...["ActivityRegularization", "Identity"],
]);

/** Activations by name, in the spelling of Keras and of TF.js. */
const activations: ReadonlySet<string> = new Set([
  ...["linear", "relu", "relu6", "sigmoid", "tanh", "softmax"],
  ...["swish", "silu", "hard_sigmoid", "hardSigmoid"],
]);

/** What is wrong with the config of a layer of a class that is known, if anything. */
type Refusal = (config: JsonObject) => string | undefined;

const fine: Refusal = () => undefined;
const ungrouped: Refusal = ({ groups = 1 }) =>
  groups === 1 ? undefined : `groups ${JSON.stringify(groups)}`;

const flat: Refusal = ({ keepdims }) => (keepdims === true ? "keepdims, which TF.js ignores" : undefined);
const ones = (value: unknown) => [value].flat().every((size) => size === 1);
const undilated: Refusal = ({ dilation_rate = 1 }) =>
  ones(dilation_rate)
    ? undefined
    : `dilation_rate ${JSON.stringify(dilation_rate)}, which TF.js ignores here`;

const refusals: Readonly<Record<string, Refusal>> = {
  ...{ InputLayer: fine, Flatten: fine, Reshape: fine, Activation: fine, Dense: fine },
  ...{ Conv2D: ungrouped, DepthwiseConv2D: undilated, SeparableConv2D: fine, BatchNormalization: fine },
  ...{ MaxPooling2D: fine, AveragePooling2D: fine, GlobalMaxPooling2D: flat, GlobalAveragePooling2D: flat },
  ...{ ZeroPadding2D: fine, Add: fine, Multiply: fine, Concatenate: fine },
  ...{ LeakyReLU: fine, PReLU: fine, Softmax: fine },
  Rescaling: ({ scale, offset = 0 }) =>
    typeof scale === "number" && typeof offset === "number" ? undefined : "a scale or offset per channel",
  ReLU: ({ max_value, negative_slope, threshold }) => {
    if (Number(negative_slope ?? 0) !== 0) return `negative_slope ${JSON.stringify(negative_slope)}`;
    if (Number(threshold ?? 0) !== 0) return `threshold ${JSON.stringify(threshold)}`;
    return max_value === undefined || max_value === null || max_value === 6
      ? undefined
      : `max_value ${JSON.stringify(max_value)}`;
  },
};

/** `undefined` for a layer that can be imported, else what is in the way; empty where it is the class itself. */
export function refusalOf(className: string, config: JsonObject): string | undefined {
  if (identityLayers.has(className)) return undefined;
  const refusal = Object.hasOwn(refusals, className) ? refusals[className] : undefined;
  if (!refusal) return "";
  if (config.data_format === "channels_first") return "data_format channels_first, TFLite has channels last";
  const { activation } = config;
  const name = isObject(activation) ? activation.class_name : activation;
  if (name !== undefined && name !== null && !activations.has(String(name)))
    return `activation ${String(name)}`;
  return refusal(config);
}
