import { type FcWish, packFcRequest, randomFcLayer, referenceFullyConnected } from "./fc-layers.js";
import { Random } from "./random.js";
import type { RunnerRequest } from "./requests.js";

/** A packed fully connected layer and what it must yield; the name says how to make it again. */
export interface FcCase {
  name: string;
  request: RunnerRequest;
  expected: Int8Array;
}

const prunedShares = [0, 0.3, 0.5, 0.7, 0.9, 1];

function makeCase(seed: number, wish: FcWish): FcCase {
  const random = new Random(seed);
  const layer = randomFcLayer(random, { pruned: random.pick(prunedShares), ...wish });
  const input = random.int8(random.int(1, 5) * layer.inputs);
  const { inputs, outputs, blockInputs, blockOutputs } = layer;
  return {
    name: `seed ${seed}: ${inputs} to ${outputs} in blocks of ${blockOutputs}x${blockInputs}`,
    request: packFcRequest(layer, input),
    expected: referenceFullyConnected(layer, input),
  };
}

/** Blocks of 1 to 4 outputs by the widths that kernels like, with every remainder of both, and random ones. */
function sweep(): FcCase[] {
  const cases: FcCase[] = [];
  for (const blockOutputs of [1, 2, 3, 4]) {
    for (const blockInputs of [1, 3, 4, 16]) {
      for (const moreOutputs of [0, 1, 2, 3]) {
        for (const [blocks, moreInputs] of [
          [1, 0],
          [2, 1],
          [25, blockInputs - 1],
          [51, blockInputs >> 1],
        ] as const) {
          const outputs = 2 * blockOutputs + Math.min(moreOutputs, blockOutputs - 1);
          const inputs = blocks * blockInputs + moreInputs;
          cases.push(makeCase(cases.length, { blockOutputs, blockInputs, outputs, inputs }));
        }
      }
    }
  }
  for (let seed = 1000; seed < 1400; seed++) cases.push(makeCase(seed, {}));
  return cases;
}

/** The sweep that every build of the kernels must pass. */
export const fcCases: readonly FcCase[] = sweep();
