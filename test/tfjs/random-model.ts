/** Networks of random layers for tests. */

import { seededRandom } from "../support/random.js";
import { tfl } from "./tfjs.js";

const { layers } = tfl;

type Tensor = tfl.SymbolicTensor;

/** A network of random layers with branches, on images of a random size. */
export function randomModel(seed: number): { model: tfl.LayersModel; shape: number[] } {
  const random = seededRandom(seed);
  const pick = <T>(...choices: T[]): T => choices[random.integer(0, choices.length - 1)]!;
  const apply = (layer: tfl.layers.Layer, ...inputs: Tensor[]) =>
    layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as Tensor;
  const activation = () => pick("linear", "relu", "relu6", "sigmoid", "tanh", "swish") as "relu";
  const padding = () => pick("same", "valid") as "same";
  const shape = [random.integer(10, 16), random.integer(10, 16), random.integer(1, 4)];
  const input = tfl.input({ shape });
  let flow = input;
  for (let step = random.integer(4, 8); step > 0; step--) {
    const [, height = 0, width = 0, channels = 0] = flow.shape as number[];
    const small = Math.min(height, width) < 4;
    const kernelSize = small ? 1 : pick(1, 2, 3);
    const strides = small ? 1 : pick(1, 1, 2);
    const same = layers.conv2d({
      filters: channels,
      kernelSize: 3,
      padding: "same",
      activation: activation(),
    });
    const next: (() => Tensor)[] = [
      () => {
        const filters = random.integer(2, 9);
        return apply(
          layers.conv2d({ filters, kernelSize, strides, padding: padding(), activation: activation() }),
          flow,
        );
      },
      () =>
        apply(layers.depthwiseConv2d({ kernelSize, strides, padding: padding(), depthMultiplier: 1 }), flow),
      () =>
        apply(
          layers.separableConv2d({ filters: random.integer(2, 6), kernelSize, padding: padding() }),
          flow,
        ),
      () => apply(layers.batchNormalization({}), flow),
      () => apply(layers.activation({ activation: activation() }), flow),
      () => apply(layers.leakyReLU({ alpha: random.next() }), flow),
      () =>
        apply(
          layers.zeroPadding2d({
            padding: [
              [random.integer(0, 2), 1],
              [0, random.integer(0, 2)],
            ],
          }),
          flow,
        ),
      () => apply(layers.add({}), apply(same, flow), flow),
      () => apply(layers.multiply({}), apply(same, flow), flow),
      () => apply(layers.concatenate({}), flow, apply(same, flow)),
      () => {
        const pool = { poolSize: kernelSize, strides, padding: padding() };
        return apply(pick(layers.maxPooling2d(pool), layers.averagePooling2d(pool)), flow);
      },
    ];
    flow = pick(...next)();
  }
  const head = pick(layers.flatten(), layers.globalAveragePooling2d({}), layers.globalMaxPooling2d({}));
  const classes = apply(layers.dense({ units: 6, activation: pick("softmax", "linear") }), apply(head, flow));
  return { model: tfl.model({ inputs: input, outputs: classes }), shape };
}
