// Counts models on an emulated core, operator by operator: in the TFLM interpreter, and their layers in CMSIS-NN's kernels.
import { countCmsisLayers } from "../dist/board/cmsis-layers.js";
import { ensureCmsisRunner } from "../dist/board/cmsis-nn.js";
import { ensureModelRunner, runModelOnBoard } from "../dist/board/model-runner.js";
import { Random } from "../dist/data/random.js";
import { mainGraph, tensorBytes } from "../dist/tflite/graph.js";
import { locateTflm } from "../dist/tflm/locate.js";

/** Enough for every model here, and within the memory of every board. */
const arenaBytes = 2 ** 19;

/**
 * A core, ready to count.
 *
 * @returns `operators(model, bytes)` and `cmsisNn(model)`: instructions of each operator, and of CMSIS-NN's by operator
 */
export async function openBoard(core, cmsisNnDir) {
  const program = await ensureModelRunner({ core, tflm: await locateTflm({}) });
  const cmsisProgram = await ensureCmsisRunner(core, cmsisNnDir);
  return {
    operators: async (model, bytes) => {
      const random = new Random(1);
      const { tensors, inputs } = mainGraph(model);
      const input = Uint8Array.from({ length: tensorBytes(tensors[inputs[0]]) }, () => random.below(256));
      const request = { model: bytes, arenaBytes, inputs: input, samples: 1 };
      return (await runModelOnBoard(core, program, request)).operators;
    },
    cmsisNn: (model) => countCmsisLayers(core, cmsisProgram, model, new Random(1)),
  };
}
