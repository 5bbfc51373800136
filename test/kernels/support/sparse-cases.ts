/** The sweep that every build of the kernels of patterns and of single weights must pass. */

import { Random } from "./random.js";
import { type Nhwc, referenceConv } from "./reference.js";
import type { RunnerRequest } from "./requests.js";
import { randomSparseLayer, type SparseOperator, sparseFormats, sparseRequest } from "./sparse-layers.js";

export const sparseOperators: readonly SparseOperator[] = [0, 1, 2];

export interface SparseCase {
  name: string;
  request: RunnerRequest;
  expected: Int8Array;
}

/** One layer: strides, dilations, kernels, channels and rows by the seed. */
function makeCase(op: SparseOperator, seed: number): SparseCase {
  const random = new Random(seed);
  const connected = op === 2;
  const kernel = op === 0 ? 3 : random.pick([1, 2, 3, 5]);
  const size = () => (connected ? 1 : random.int(1, 9) + kernel * 2);
  const shape: Nhwc = [random.int(1, connected ? 9 : 2), size(), size(), random.int(1, connected ? 300 : 40)];
  const window = connected
    ? {}
    : {
        kernelHeight: kernel,
        kernelWidth: kernel,
        strideHeight: random.int(1, 3),
        strideWidth: random.int(1, 3),
        dilationHeight: random.int(1, 2),
        dilationWidth: random.int(1, 2),
      };
  const pruned = random.pick([0, 0.5, 0.9, 0.99, 1]);
  const layer = randomSparseLayer(op, random, { ...window, inputChannels: shape[3], pruned });
  const input = random.int8(shape.reduce((a, b) => a * b));
  return {
    name: `${sparseFormats[op].op}, seed ${seed}, input ${shape}`,
    request: sparseRequest(op, layer, input, shape),
    expected: referenceConv(layer, input, shape),
  };
}

export const sparseCases: readonly SparseCase[] = sparseOperators.flatMap((op) =>
  Array.from({ length: 150 }, (_, seed) => makeCase(op, 1000 * op + seed)),
);
