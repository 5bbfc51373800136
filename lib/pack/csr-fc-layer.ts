import type { DenseFullyConnectedLayer } from "./block-fc-layer.js";
import { csrFullyConnected, paddings } from "./format.js";
import { type PackResult, packParts } from "./packed-parts.js";
import { fullyConnectedScale } from "./quantize-multiplier.js";

/** Packs a fully connected layer as `DTMM_CSR_FULLY_CONNECTED`, without loss; a refusal means that it stays dense. */
export function packCsrFullyConnectedLayer(
  layer: Omit<DenseFullyConnectedLayer, "blockOutputs" | "blockInputs">,
): PackResult {
  return packParts({
    format: csrFullyConnected,
    layer,
    options: {
      inputChannels: layer.inputs,
      outputChannels: layer.outputs,
      blockChannels: 1,
      kernelHeight: 1,
      kernelWidth: 1,
      strideHeight: 1,
      strideWidth: 1,
      dilationHeight: 1,
      dilationWidth: 1,
      padding: paddings.valid,
    },
    effectiveScale: fullyConnectedScale(layer),
  });
}
