import { filterletConv } from "./format.js";
import { type DenseLayer, type PackResult, packParts } from "./packed-parts.js";
import { effectiveScale } from "./quantize-multiplier.js";

/** An int8 CONV_2D of the model, pruned weights still stored as zeros. */
export interface DenseConvLayer extends DenseLayer {
  outputChannels: number;
  kernelHeight: number;
  kernelWidth: number;
  /** Channels of the filter; grouped convolutions (fewer than the input has) can't be packed. */
  inputChannels: number;
  /** Input channels of one block, 1 to `inputChannels`, which stands for whole filterlets. */
  blockChannels: number;
  strideHeight: number;
  strideWidth: number;
  dilationHeight: number;
  dilationWidth: number;
  /** TFLite `Padding`: 0 SAME, 1 VALID. */
  padding: number;
}

/**
 * Packs a conv layer without loss, in any format for these: a block is kept if one of its weights is not zero.
 *
 * A layer that the format or int32 arithmetic can't hold gives a refusal, not an error: it stays dense.
 */
export function packConvLayer(layer: DenseConvLayer, format = filterletConv): PackResult {
  return packParts({
    format,
    layer,
    options: {
      inputChannels: layer.inputChannels,
      outputChannels: layer.outputChannels,
      blockChannels: layer.blockChannels,
      kernelHeight: layer.kernelHeight,
      kernelWidth: layer.kernelWidth,
      strideHeight: layer.strideHeight,
      strideWidth: layer.strideWidth,
      dilationHeight: layer.dilationHeight,
      dilationWidth: layer.dilationWidth,
      padding: layer.padding,
    },
    effectiveScale: (filterScale) => effectiveScale(layer.inputScale, filterScale, layer.outputScale),
  });
}
