/** Activations by name, as steps of a network. */

import type { NetworkDraft } from "./draft.js";

/**
 * Appends an activation and returns its node.
 *
 * @param activation Keras' name, in Keras' or in TF.js' spelling
 */
export function appendActivation(
  draft: NetworkDraft,
  name: string,
  activation: string,
  input: number,
): number {
  switch (activation) {
    case "linear":
      return input;
    case "relu":
    case "relu6":
    case "sigmoid":
    case "tanh":
    case "softmax":
      return draft.append(name, { kind: activation }, input);
    case "swish":
    case "silu": {
      const gate = draft.append(name, { kind: "sigmoid" }, input);
      return draft.append(name, { kind: "multiply", activation: "none" }, input, gate);
    }
    case "hard_sigmoid":
    case "hardSigmoid": {
      // min(max(0.2 x + 0.5, 0), 1), six times as large for the clamp.
      const six = appendUniform(draft, name, input, 1.2, 3);
      return appendUniform(draft, name, draft.append(name, { kind: "relu6" }, six), 1 / 6, 0);
    }
    default:
      return draft.refuse(name, `has the activation ${activation}`);
  }
}

/** `x * scale + shift` with the same numbers for all channels. */
export function appendUniform(
  draft: NetworkDraft,
  name: string,
  input: number,
  scale: number,
  shift: number,
): number {
  const channels = draft.shapeOf(input).at(-1) ?? 0;
  const all = (value: number) => new Float32Array(channels).fill(value);
  const step = { kind: "affine", scale: all(scale), shift: all(shift), activation: "none" } as const;
  return draft.append(name, step, input);
}

/**
 * Negative values times `alpha`: one for all, or as many as its shape says. TFLM of 2020 has PRELU, but no LEAKY_RELU.
 */
export function appendLeaky(
  draft: NetworkDraft,
  name: string,
  input: number,
  alpha: Float32Array,
  alphaShape: readonly number[] = [alpha.length],
): number {
  return draft.append(name, { kind: "prelu", alpha, alphaShape }, input);
}
