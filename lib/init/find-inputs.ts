import { join, posix } from "node:path";
import { type NpyArray, readNpy } from "../data/npy.js";
import { DtmmError } from "../errors/index.js";
import { findSources } from "../firmware/resolver/scan.js";
import { activationScale } from "../layers.js";
import { mainGraph } from "../tflite/graph.js";
import type { Model, Tensor } from "../tflite/model.js";
import type { Finding } from "./finding.js";

/** What recorded inputs there are, by the options' names. */
export interface FoundInputs {
  calibration?: Finding<string>;
  eval?: Finding<string>;
  labels?: Finding<string>;
  inputScale?: Finding<string>;
  inputOffset?: Finding<number>;
}

const calibrationName = /calib|represent/i;
const evaluationName = /eval|test|valid/i;
const labelName = /label|class|target/i;

interface Recording extends NpyArray {
  /** Relative to the root. */
  file: string;
}

/** Finds .npy files whose samples fit the model's input, and what their names say they are for. */
export async function findInputs(root: string, model: Model, ignore: string[]): Promise<FoundInputs> {
  const graph = mainGraph(model);
  const input = graph.tensors[graph.inputs[0] ?? -1]!;
  const arrays = await recordings(root, ignore);
  const fitting = arrays.filter(({ shape }) => shape.slice(1).join() === input.shape.slice(1).join());
  const shape = `[n, ${input.shape.slice(1).join(", ")}]`;
  const named = (pattern: RegExp) =>
    onlyOne(fitting.filter(({ file }) => pattern.test(posix.basename(file))));
  const evaluation = named(evaluationName);
  const calibration = named(calibrationName) ?? onlyOne(fitting.filter((one) => one !== evaluation));
  const labels =
    evaluation &&
    onlyOne(
      arrays.filter(
        (one) => one.shape.length === 1 && one.shape[0] === evaluation.shape[0] && labelName.test(one.file),
      ),
    );
  const found = (one: Recording | undefined, text: string): Finding<string> | undefined =>
    one && { value: one.file, reason: `${one.shape[0]} ${text}` };
  return {
    calibration: found(calibration, `inputs of the model's shape ${shape}`),
    eval: found(evaluation, "inputs, by its name to judge on"),
    labels: found(labels, "numbers, by its name their classes"),
    ...(calibration ? scaling(calibration, input) : {}),
  };
}

async function recordings(root: string, ignore: string[]): Promise<Recording[]> {
  const found: Recording[] = [];
  for (const file of await findSources(root, { names: /\.npy$/i, ignore, maxBytes: 2 ** 30 })) {
    try {
      found.push({ ...(await readNpy(join(root, file))), file });
    } catch (error) {
      if (!(error instanceof DtmmError)) throw error;
    }
  }
  return found;
}

function onlyOne<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}

/**
 * How bytes 0..255 become real values, where the input's quantisation leaves no doubt: it spans 0..1, or -1..1. Steps that
 * are off by a tenth are another range.
 */
function scaling({ type }: Recording, input: Tensor): Pick<FoundInputs, "inputScale" | "inputOffset"> {
  if (type !== "uint8") return {};
  const { scale, zeroPoint } = activationScale(input);
  const low = (-128 - zeroPoint) * scale;
  const high = (127 - zeroPoint) * scale;
  const spans = (from: number, to: number) => Math.abs(low - from) < 0.1 && Math.abs(high - to) < 0.1;
  const reason = `the recording holds bytes and the model's input spans ${low.toFixed(2)}..${high.toFixed(2)}`;
  if (spans(0, 1)) return { inputScale: { value: "1/255", reason } };
  if (spans(-1, 1)) return { inputScale: { value: "1/127.5", reason }, inputOffset: { value: -1, reason } };
  return {};
}
