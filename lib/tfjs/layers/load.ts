/** Loads a layers model in TF.js. */

import type { TfjsFiles } from "../files.js";
import type { Network } from "../network.js";
import { withWeightBackend } from "../weight-backend.js";
import { valuesOf } from "../weights.js";
import { layersNetwork } from "./convert.js";
import { preparedTopology } from "./topology.js";

/** The network of a layers model. */
export async function loadLayers({ path, topology, specs, data }: TfjsFiles): Promise<Network> {
  const modelTopology = preparedTopology(topology, path);
  const [tf, tfl] = await Promise.all([import("@tensorflow/tfjs-core"), import("@tensorflow/tfjs-layers")]);
  // Zeros first, then the file's values beside them.
  return withWeightBackend(tf, 2 * valuesOf(specs), async () => {
    const artifacts = { modelTopology, weightSpecs: specs, weightData: data };
    const loaded = await tfl.loadLayersModel({ load: async () => artifacts });
    try {
      return layersNetwork(loaded, path);
    } finally {
      loaded.dispose();
    }
  });
}
