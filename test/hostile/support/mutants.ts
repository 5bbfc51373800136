import { readModel } from "../../../lib/tflite/reader.js";
import type { ModelSpec } from "../../support/models.js";
import { mutate, structureZones } from "../../support/mutate.js";
import { seededRandom } from "../../support/random.js";
import { fieldMutant } from "./fields.js";

/** Other paths than `everyLayer` takes: stride, dilation, a residual add, a depthwise multiplier, overlapping pools. */
export const residual: ModelSpec = {
  seed: 5,
  input: [1, 8, 8, 4],
  layers: [
    { kind: "conv", filters: 8, kernel: 3, stride: 2 },
    { kind: "conv", filters: 8, kernel: 3, dilation: 2, activation: "RELU" },
    { kind: "add" },
    { kind: "depthwise", kernel: 3, multiplier: 2, activation: "RELU6" },
    { kind: "averagePool", window: 3, stride: 1, padding: "SAME" },
    { kind: "reshape" },
    { kind: "fullyConnected", outputs: 4 },
    { kind: "softmax" },
  ],
};

/** Flips, words, splices and lost ends of the bytes; and, in every second file, one field that is well-formed but wrong. */
export function mutantsOf(file: Uint8Array, count: number, seed: number): Uint8Array[] {
  const random = seededRandom(seed);
  const model = readModel(file);
  const zones = structureZones(
    file,
    model.buffers.flatMap(({ data }) => data ?? []),
  );
  return Array.from({ length: count }, (_, index) =>
    index % 2 === 0 ? mutate(file, random, index % 8 === 0 ? undefined : zones) : fieldMutant(model, random),
  );
}
