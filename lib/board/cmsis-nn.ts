import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { dtmmError } from "../errors/index.js";
import { quantizeMultiplier } from "../pack/quantize-multiplier.js";
import type { BoardCore } from "./boards.js";
import { boardFolder, compileObjects, linkProgram } from "./compile.js";
import type { RunnerRequest } from "./requests.js";

/** Folders of CMSIS-NN that int8 convolutions and fully connected layers reach, and which of their files. */
const parts: readonly (readonly [folder: string, files: RegExp])[] = [
  ["ConvolutionFunctions", /s8/],
  ["FullyConnectedFunctions", /s8/],
  ["TransposeFunctions", /s8/],
  ["NNSupportFunctions", /^(?!.*(_f16|_f32|_flt)).*$/],
];

/**
 * Builds `board/cmsis_nn_runner.c` with the user's CMSIS-NN.
 *
 * @param dir a checkout of CMSIS-NN, version 7 or later
 * @param flags optimisation: those of the kernels that it is compared to
 * @returns path of the program
 * @throws CMSIS_NN_INVALID, BOARD_TOOL_MISSING, BOARD_BUILD_FAILED; `signal.reason` after an abort
 */
export async function buildCmsisRunner(
  core: BoardCore,
  dir: string,
  { flags, folder, signal }: { flags: readonly string[]; folder: string; signal?: AbortSignal },
): Promise<string> {
  if (!existsSync(join(dir, "Include", "arm_nnfunctions.h"))) {
    throw dtmmError("CMSIS_NN_INVALID", { dir, reason: "no Include/arm_nnfunctions.h" });
  }
  const sources = parts.flatMap(([name, files]) => {
    const place = join(dir, "Source", name);
    const all = existsSync(place) ? readdirSync(place) : [];
    return all.filter((file) => file.endsWith(".c") && files.test(file)).map((file) => join(place, file));
  });
  const includes = [`-isystem${join(dir, "Include")}`];
  const objects = await compileObjects(
    {
      core,
      sources: [join(boardFolder, "cmsis_nn_runner.c"), ...sources],
      flags: ["-std=c11", ...flags, ...includes],
      signal,
    },
    folder,
  );
  return linkProgram(core, objects, folder, signal);
}

/** Kinds of layers, numbered as in the runner. */
const kinds = { conv: 0, depthwise: 1, fullyConnected: 2 } as const;

/** A dense int8 layer as CMSIS-NN takes it. */
export interface CmsisLayer {
  kind: keyof typeof kinds;
  kernel: readonly [height: number, width: number];
  stride: readonly [height: number, width: number];
  /** Rows above the input and columns left of it. */
  padding: readonly [top: number, left: number];
  dilation: readonly [height: number, width: number];
  inputZeroPoint: number;
  outputZeroPoint: number;
  activation: { min: number; max: number };
  weights: Int8Array;
  bias: Int32Array;
  /** Real factor from accumulator to output, one per output channel. */
  effectiveScales: readonly number[];
  input: Int8Array;
  /** NHWC; a fully connected layer has rows for N and its inputs for C. */
  inputShape: readonly number[];
  outputShape: readonly number[];
}

/** The layer as `board/cmsis_nn_runner.c` reads it. */
export function cmsisRequest(layer: CmsisLayer): RunnerRequest {
  const { kind, kernel, stride, padding, dilation, activation } = layer;
  const parameters = [
    kinds[kind],
    ...[...kernel, ...stride, ...padding, ...dilation],
    ...[-layer.inputZeroPoint, layer.outputZeroPoint, activation.min, activation.max],
  ];
  const scales = layer.effectiveScales.map(quantizeMultiplier);
  return {
    packed: {
      options: bytesOf(parameters),
      weights: layer.weights,
      index: bytesOf([...layer.bias]),
      records: bytesOf([...scales.map(({ multiplier }) => multiplier), ...scales.map(({ shift }) => shift)]),
    },
    input: layer.input,
    extents: [...layer.inputShape, ...layer.outputShape],
  };
}

/** int32, little endian as this machine and the boards are. */
function bytesOf(values: readonly number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer);
}
