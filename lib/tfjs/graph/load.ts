/** Loads a graph model in TF.js' converter. */

import type { TfjsFiles } from "../files.js";
import type { Network } from "../network.js";
import { withWeightBackend } from "../weight-backend.js";
import { valuesOf } from "../weights.js";
import { graphNetwork } from "./convert.js";
import { nodesOf } from "./topology.js";

/** The network of a graph model. */
export async function loadGraph({ path, topology, signature, specs, data }: TfjsFiles): Promise<Network> {
  const nodes = nodesOf(topology, path);
  const [tf, converter] = await Promise.all([
    import("@tensorflow/tfjs-core"),
    import("@tensorflow/tfjs-converter"),
  ]);
  // The converter reads the versions without a look.
  const modelTopology = { ...topology, versions: topology.versions ?? {} };
  const artifacts = { modelTopology, signature, weightSpecs: specs, weightData: data };
  return withWeightBackend(tf, valuesOf(specs), async () => {
    const model = await converter.loadGraphModel({ load: async () => artifacts });
    try {
      return graphNetwork(model, nodes, path);
    } finally {
      model.dispose();
    }
  });
}
