/** What `inspect` says of a model before anything is run on it. */

import { describe, expect, test } from "vitest";
import { boardCores } from "../../lib/board/boards.js";
import { inspect, prune } from "../../lib/index.js";
import { inspectMethods } from "../../lib/inspect/methods.js";
import { firmwareInstructions } from "../../lib/latency/prediction.js";
import { dietSteps } from "../../lib/pack/diet-steps.js";
import { pack } from "../../lib/pack/index.js";
import { inspectSummary } from "../../lib/report/inspect-summary.js";
import { inspectResultSchema } from "../../lib/report/result.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { filterlet } from "../../lib/unit.js";
import { randomlyPruned } from "../pack/support/randomly-pruned.js";
import { floatTwin } from "../support/float-twin.js";
import { convModelValue } from "../support/models.js";
import { projectMaker, spec, withEval } from "./support/project.js";

const model = convModelValue(spec);
const project = projectMaker()({ "float.tflite": writeModel(floatTwin(model)) });
const inspected = (file: string) => inspect({ model: file }, { cwd: project.root });

describe("inspect", () => {
  test("an int8 model: its arena over time, and its instructions on every core", async () => {
    const result = await inspected("model.tflite");
    expect(inspectResultSchema.parse(result)).toEqual(result);
    expect(result.arena).toMatchObject({ arenaBytes: result.arenaBytes });
    expect(result.arena!.steps.map(({ op }) => op)).toEqual(result.layers.map(({ op }) => op));
    expect(Object.keys(result.predictedInstructions!)).toEqual(boardCores);
    const ofM4 = firmwareInstructions(model, "cortex-m4");
    expect(ofM4[1]).toBeGreaterThan(ofM4[5]!);
    expect(result.predictedInstructions!["cortex-m4"]).toBe(ofM4.reduce((sum, own) => sum + own, 0));
    const text = inspectSummary(result);
    expect(text).toMatch(/bytes of activations at the peak, in operator \d+ \(CONV_2D\)/);
    expect(text).toMatch(/instructions per inference, predicted: cortex-m3 [\d,]+, cortex-m4/);
  });

  test("what each method could remove, and what the model would come to", async () => {
    const { methods, model: file } = await inspected("model.tflite");
    const byName = new Map(methods!.map((own) => [own.method, own]));
    expect([...byName.keys()]).toEqual([
      "filterlet",
      "taylor",
      "filter-l1",
      "chip",
      "patdnn",
      "unstructured",
    ]);
    expect(byName.get("taylor")!.weights).toBeLessThan(byName.get("filterlet")!.weights);
    expect(byName.get("chip")!.points).toEqual(byName.get("filter-l1")!.points);
    for (const { points } of methods!) {
      for (const [i, { bytes, latency }] of points.entries()) {
        expect(bytes).toBeLessThan(points[i - 1]?.bytes ?? file.bytes);
        if (latency !== undefined) expect(Object.keys(latency)).toEqual(boardCores);
      }
    }
    const text = inspectSummary(await inspected("model.tflite"));
    expect(text).toMatch(/patdnn +weights of 3x3 kernels +\d+ +[\d,]+/);
    expect(text).toMatch(/filterlet +[\d.]+ % +[\d,]+( +\d\.\d\d){5}/);
  });

  test.each(["filter-l1", "patdnn", "unstructured"] as const)(
    "%s: the bytes that prune comes to with the weights as they are",
    async (method) => {
      const { methods } = await inspected("model.tflite");
      const foreseen = methods!
        .find((own) => own.method === method)!
        .points.find(({ share }) => share === 0.5)!;
      const { pruned } = await prune(
        { ...withEval, method, keep: 0.5, refit: false, dryRun: true },
        { cwd: project.root },
      );
      expect(pruned.bytes).toBe(foreseen.bytes);
      expect(pruned.keptWeights).toBeCloseTo(foreseen.kept, 6);
    },
  );

  test("nothing of a model that is pruned already", () => {
    const packed = pack(randomlyPruned(model, 0.5, filterlet), dietSteps);
    expect(inspectMethods(packed.model)).toEqual([]);
  });

  test("a float model: no instructions, which are int8 kernels'", async () => {
    const result = await inspected("float.tflite");
    expect(result).not.toHaveProperty("predictedInstructions");
    expect(result.arena!.tensors.length).toBe(1 + spec.layers.length);
    expect(inspectSummary(result)).not.toContain("predicted");
  });
});
