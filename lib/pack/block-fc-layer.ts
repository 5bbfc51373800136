import { blockFullyConnected } from "./format.js";
import { type DenseLayer, type PackResult, packParts } from "./packed-parts.js";
import { fullyConnectedScale } from "./quantize-multiplier.js";

/** An int8 FULLY_CONNECTED of the model, pruned weights still stored as zeros. */
export interface DenseFullyConnectedLayer extends DenseLayer {
  outputs: number;
  inputs: number;
  /** Outputs of one block, 1 to 4 and at most `outputs`. */
  blockOutputs: number;
  /** Inputs of one block, 1 to `inputs`. */
  blockInputs: number;
}

/**
 * Packs a fully connected layer as `DTMM_BLOCK_FULLY_CONNECTED`, without loss: a block is kept if one of its weights is
 * not zero.
 *
 * A layer that the format or int32 arithmetic can't hold gives a refusal, not an error: it stays dense.
 */
export function packBlockFullyConnectedLayer(layer: DenseFullyConnectedLayer): PackResult {
  return packParts({
    format: blockFullyConnected,
    layer,
    options: {
      inputs: layer.inputs,
      outputs: layer.outputs,
      blockInputs: layer.blockInputs,
      blockOutputs: layer.blockOutputs,
    },
    effectiveScale: fullyConnectedScale(layer),
  });
}
