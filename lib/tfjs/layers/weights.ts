/** Weights of a loaded layer in TFLite's layouts. */

import type { layers } from "@tensorflow/tfjs-layers";
import { dtmmError } from "../../errors/index.js";
import { finite } from "../finite.js";

type Layer = layers.Layer;

/** The weights of one layer by their last names: kernel, bias, gamma... */
export class LayerWeights {
  private readonly byName: ReadonlyMap<string, { shape: readonly number[]; values: Float32Array }>;

  constructor(
    layer: Layer,
    private readonly name: string,
    private readonly path: string,
  ) {
    this.byName = new Map(
      layer.weights.map((weight) => {
        const tensor = weight.read();
        const full = weight.originalName;
        return [
          full.slice(full.lastIndexOf("/") + 1),
          {
            shape: tensor.shape,
            values: finite(tensor.dataSync(), `${name}/${full.split("/").at(-1)}`, path),
          },
        ];
      }),
    );
  }

  has(weight: string): boolean {
    return this.byName.has(weight);
  }

  /** Values and shape of a weight that the layer must have. */
  get(weight: string): { shape: readonly number[]; values: Float32Array } {
    const found = this.byName.get(weight);
    if (found) return found;
    throw dtmmError("TFJS_GRAPH", { path: this.path, place: this.name, problem: `has no weight ${weight}` });
  }

  /** A weight per channel, or this value for each where the layer has none. */
  perChannel(weight: string, channels: number, otherwise: number): Float32Array {
    return this.byName.get(weight)?.values ?? new Float32Array(channels).fill(otherwise);
  }
}
