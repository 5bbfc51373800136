/** A firmware project in a temporary folder: a model with something to prune, recorded inputs, an op resolver. */

import { readFileSync } from "node:fs";
import path from "node:path";
import { blockFullyConnected, filterletConv } from "../../../lib/pack/format.js";
import { tempFolder, writeFiles } from "../../cli/support/temp-folder.js";
import { npyBytes } from "../../data/npy-bytes.js";
import { treeOf } from "../../emit/project.js";
import { convModel, type ModelSpec, randomInputs } from "../../support/models.js";
import { seededRandom } from "../../support/random.js";

/** Three 3x3 convolutions of 16 to 32 filters and a fully connected layer: 11,120 prunable weights. */
export const spec: ModelSpec = {
  seed: 3,
  input: [1, 8, 8, 3],
  layers: [
    { kind: "conv", filters: 16, kernel: 3, activation: "RELU" },
    { kind: "conv", filters: 24, kernel: 3, activation: "RELU" },
    { kind: "maxPool" },
    { kind: "conv", filters: 32, kernel: 3, activation: "RELU" },
    { kind: "averagePool" },
    { kind: "reshape" },
    { kind: "fullyConnected", outputs: 10 },
    { kind: "softmax" },
  ],
};

/** Operators of `spec` that can be pruned, with what they become. */
export const prunable: readonly (readonly [operator: number, op: string])[] = [
  [0, filterletConv.op],
  [1, filterletConv.op],
  [3, filterletConv.op],
  [6, blockFullyConnected.op],
];

export const calibrationSamples = 48;
export const evalSamples = 32;

export const calibrationInputs = randomInputs(spec, calibrationSamples, 11);
export const evalInputs = randomInputs(spec, evalSamples, 12);
export const denseBytes = convModel(spec);

/** The evaluation inputs as the interpreter takes them. */
export const evalSet = { samples: evalSamples, bytes: new Uint8Array(evalInputs.buffer) };

export const resolverSource = `#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

tflite::MicroMutableOpResolver<6>& Ops() {
  static tflite::MicroMutableOpResolver<6> ops;
  ops.AddConv2D();
  ops.AddMaxPool2D();
  ops.AddAveragePool2D();
  ops.AddReshape();
  ops.AddFullyConnected();
  ops.AddSoftmax();
  return ops;
}
`;

/** A .npy of int8 samples for a model with `spec`'s input. */
export function inputsNpy(inputs: Int8Array, samples: number): Uint8Array {
  return npyBytes({ descr: "|i1", shape: [samples, ...spec.input.slice(1)], data: inputs });
}

/** A .npy of class numbers. */
export function labelsNpy(labels: readonly number[]): Uint8Array {
  return npyBytes({ descr: "<i4", shape: [labels.length], data: Int32Array.from(labels) });
}

/** Seeded class numbers that have nothing to do with the inputs. */
export function randomLabels(count: number, seed = 4): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random.integer(0, 9));
}

export interface Project {
  root: string;
  /** Everything on the disk below the root, dtmm's own records included, as path and hash. */
  listing(): Record<string, string>;
  read(file: string): Uint8Array;
}

/** Folders for the projects of one test file; they are removed after it. */
export function projectMaker(): (files?: Record<string, string | Uint8Array>) => Project {
  const folder = tempFolder();
  let made = 0;
  return (files = {}) => {
    const root = path.join(folder, String(made++));
    writeFiles(root, {
      "model.tflite": denseBytes,
      "calibration.npy": inputsNpy(calibrationInputs, calibrationSamples),
      "eval.npy": inputsNpy(evalInputs, evalSamples),
      "src/main.cc": resolverSource,
      ...files,
    });
    return {
      root,
      listing: () => treeOf(root, { store: true }),
      read: (file) => new Uint8Array(readFileSync(path.join(root, file))),
    };
  };
}

/** The options that nearly every test shares: files of the project, judged on inputs of their own. */
export const withEval = { model: "model.tflite", calibration: "calibration.npy", eval: "eval.npy" };
