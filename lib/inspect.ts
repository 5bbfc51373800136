import { arenaMap } from "./arena-map.js";
import { type BoardCore, boardCores } from "./board/boards.js";
import { openArenaMeter } from "./board/target-arena.js";
import type { Context } from "./context.js";
import { dtmmError } from "./errors/index.js";
import { importModel } from "./import.js";
import { bytesByKind } from "./inspect/bytes.js";
import { inspectLayers } from "./inspect/layers.js";
import { inspectMethods } from "./inspect/methods.js";
import { firmwareInstructions } from "./latency/prediction.js";
import type { TensorFacts } from "./native/addon-types.js";
import { withInterpreter } from "./native/open.js";
import type { InspectOptions } from "./options/types.js";
import { isFloatModel } from "./quantise/model.js";
import { describeTree } from "./report/build.js";
import type { InspectResult } from "./report/result.js";
import { schemaVersion } from "./report/schema-version.js";
import { modelFacts } from "./runs.js";
import { mainGraph } from "./tflite/graph.js";
import type { Model } from "./tflite/model.js";

function predictedInstructions(model: Model): Record<string, number> {
  const sum = (core: BoardCore) => firmwareInstructions(model, core).reduce((all, own) => all + own, 0);
  return Object.fromEntries(boardCores.map((core) => [core, sum(core)]));
}

/** What an int8 model takes on every core, and what pruning could make of it. */
function prospects(model: Model): Pick<InspectResult, "predictedInstructions" | "methods"> {
  const methods = inspectMethods(model);
  return {
    predictedInstructions: predictedInstructions(model),
    ...(methods.length === 0 ? {} : { methods }),
  };
}

/**
 * Looks at a model, dense or pruned: its layers, where its bytes are, the arena it needs in the TFLM interpreter, and what each method could remove.
 *
 * @throws OPTION_MISSING without a model; MODEL_* for a file that is no valid model, and what finding, building and running the interpreter throws
 */
export async function inspect(options: InspectOptions, context: Context): Promise<InspectResult> {
  if (options.model === undefined) {
    throw dtmmError("OPTION_MISSING", {
      what: "MODEL",
      command: "dtmm inspect",
      remedy: "Name the file: `dtmm inspect MODEL`, or data: `dtmm inspect --data DATA`.",
    });
  }
  const { path, bytes, sha256, model } = await importModel(options.model, {
    purpose: "inspect",
    arrayName: options.arrayName,
  });
  const graph = mainGraph(model);
  return withInterpreter({ ...options, workers: 1 }, context, async (interpreter) => {
    const { signal } = context;
    const { arenaBytes, inputs, outputs } = await modelFacts(
      { model, bytes },
      { pool: interpreter.pool, signal },
    );
    const arenaMeter = await openArenaMeter(options, interpreter, context);
    const arenaTarget = await arenaMeter?.({ model, bytes });
    const edge = (tensors: readonly TensorFacts[], indices: readonly number[]) =>
      tensors.map(({ type, shape, scale, zeroPoint }, i) => ({
        name: graph.tensors[indices[i] ?? -1]?.name ?? "",
        type,
        shape,
        scale,
        zeroPoint,
      }));
    return {
      schemaVersion,
      model: { path, sha256, bytes: bytes.length },
      arenaBytes,
      ...(arenaTarget === undefined ? {} : { arenaTarget }),
      inputs: edge(inputs, graph.inputs ?? []),
      outputs: edge(outputs, graph.outputs ?? []),
      layers: inspectLayers(model),
      bytesByKind: bytesByKind(model, bytes.length),
      ...(inputs.length === 1
        ? { arena: await arenaMap({ model, bytes }, { pool: interpreter.pool, signal }) }
        : {}),
      ...(isFloatModel(model) ? {} : prospects(model)),
      tflm: describeTree(interpreter),
    };
  });
}
