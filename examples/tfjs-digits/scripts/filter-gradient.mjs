// The gradient of a convolution's filter on plain arrays. The one of TF.js' processor backend goes through its buffers value by
// value, which takes most of the training: 2 million products a second, against some hundred million here.

import * as tf from "@tensorflow/tfjs-core";

/** `dw[ky, kx, ci, co]` = sum over images and positions of `x[n, y s + ky - top, x s + kx - left, ci] dy[n, y, x, co]`. */
function filterGradient({ inputs, attrs, backend }) {
  const { strides, pad, filterShape } = attrs;
  const info = tf.backend_util.computeConv2DInfo(inputs.x.shape, filterShape, strides, 1, pad);
  const x = backend.readSync(inputs.x.dataId);
  const dy = backend.readSync(inputs.dy.dataId);
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  const gradient = new Float32Array(tf.util.sizeFromShape(filterShape));
  for (let image = 0; image < batchSize; image++) {
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++) {
        const from = ((image * outHeight + row) * outWidth + column) * outChannels;
        for (let ky = 0; ky < info.filterHeight; ky++) {
          const y = row * info.strideHeight + ky - info.padInfo.top;
          if (y < 0 || y >= inHeight) continue;
          for (let kx = 0; kx < info.filterWidth; kx++) {
            const across = column * info.strideWidth + kx - info.padInfo.left;
            if (across < 0 || across >= inWidth) continue;
            const pixel = ((image * inHeight + y) * inWidth + across) * inChannels;
            let tap = (ky * info.filterWidth + kx) * inChannels * outChannels;
            for (let channel = 0; channel < inChannels; channel++) {
              const value = x[pixel + channel];
              for (let filter = 0; filter < outChannels; filter++)
                gradient[tap++] += value * dy[from + filter];
            }
          }
        }
      }
    }
  }
  return { dataId: backend.write(gradient, filterShape, "float32"), shape: filterShape, dtype: "float32" };
}

/** Puts it in place of TF.js' own. */
export function useFastFilterGradient() {
  tf.unregisterKernel("Conv2DBackpropFilter", "cpu");
  tf.registerKernel({ kernelName: "Conv2DBackpropFilter", backendName: "cpu", kernelFunc: filterGradient });
}
