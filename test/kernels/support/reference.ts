import type { DenseConvLayer } from "../../../lib/pack/conv-layer.js";
import type { FusedActivation } from "../../../lib/pack/quantize-multiplier.js";
import {
  activationRange,
  effectiveScale,
  quantizeMultiplier,
} from "../../../lib/pack/quantize-multiplier.js";

export type Nhwc = [batches: number, height: number, width: number, channels: number];

/** Output shape of a convolution, by TFLite's ComputeOutSize. */
export function outputShape(layer: DenseConvLayer, [batches, height, width]: Nhwc): Nhwc {
  const size = (input: number, kernel: number, stride: number, dilation: number) => {
    const window = (kernel - 1) * dilation + 1;
    return Math.floor((layer.padding === 0 ? input + stride - 1 : input + stride - window) / stride);
  };
  return [
    batches,
    size(height, layer.kernelHeight, layer.strideHeight, layer.dilationHeight),
    size(width, layer.kernelWidth, layer.strideWidth, layer.dilationWidth),
    layer.outputChannels,
  ];
}

/** TFLite's reference ConvPerChannel, written down plainly: the yardstick for every kernel. */
export function referenceConv(layer: DenseConvLayer, input: Int8Array, inputShape: Nhwc): Int8Array {
  const [batches, height, width, channels] = inputShape;
  const [, outHeight, outWidth, filters] = outputShape(layer, inputShape);
  const { kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth } = layer;
  const padTop = padBefore(height, outHeight, strideHeight, (kernelHeight - 1) * dilationHeight + 1);
  const padLeft = padBefore(width, outWidth, strideWidth, (kernelWidth - 1) * dilationWidth + 1);
  const activation = layer.activation as FusedActivation;
  const clamp = activationRange(activation, layer.outputScale, layer.outputZeroPoint);
  const output = new Int8Array(batches * outHeight * outWidth * filters);
  const scales = layer.filterScales;
  const multipliers = Array.from({ length: filters }, (_, filter) =>
    quantizeMultiplier(
      effectiveScale(layer.inputScale, scales[scales.length === 1 ? 0 : filter]!, layer.outputScale),
    ),
  );
  let write = 0;
  for (let batch = 0; batch < batches; batch++) {
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++) {
        for (let filter = 0; filter < filters; filter++) {
          let sum = 0;
          for (let ky = 0; ky < kernelHeight; ky++) {
            const inY = y * strideHeight - padTop + ky * dilationHeight;
            if (inY < 0 || inY >= height) continue;
            for (let kx = 0; kx < kernelWidth; kx++) {
              const inX = x * strideWidth - padLeft + kx * dilationWidth;
              if (inX < 0 || inX >= width) continue;
              const from = ((batch * height + inY) * width + inX) * channels;
              const weight = ((filter * kernelHeight + ky) * kernelWidth + kx) * channels;
              for (let c = 0; c < channels; c++) {
                sum += layer.weights[weight + c]! * (input[from + c]! - layer.inputZeroPoint);
              }
            }
          }
          const { multiplier, shift } = multipliers[filter]!;
          const scaled = multiplyByQuantizedMultiplier(sum + (layer.bias?.[filter] ?? 0), multiplier, shift);
          output[write++] = Math.min(clamp.max, Math.max(clamp.min, (scaled + layer.outputZeroPoint) | 0));
        }
      }
    }
  }
  return output;
}

/** TFLite's double-rounding MultiplyByQuantizedMultiplier; a left shift wraps as int32 does. */
export function multiplyByQuantizedMultiplier(x: number, multiplier: number, shift: number): number {
  const left = Math.max(shift, 0);
  const right = Math.max(-shift, 0);
  const product = BigInt.asIntN(32, BigInt(x) << BigInt(left)) * BigInt(multiplier);
  const nudge = product >= 0n ? 1n << 30n : 1n - (1n << 30n);
  const high = Number((product + nudge) / (1n << 31n));
  const remainder = ((high % 2 ** right) + 2 ** right) % 2 ** right;
  const threshold = Math.floor((2 ** right - 1) / 2) + (high < 0 ? 1 : 0);
  return Math.floor(high / 2 ** right) + (remainder > threshold ? 1 : 0);
}

function padBefore(input: number, output: number, stride: number, window: number): number {
  return Math.max(0, Math.trunc(((output - 1) * stride + window - input) / 2));
}
