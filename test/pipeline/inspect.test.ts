/** What `inspect` says of a model before anything is run on it. */

import { describe, expect, test } from "vitest";
import { boardCores } from "../../lib/board/boards.js";
import { inspect } from "../../lib/index.js";
import { firmwareInstructions } from "../../lib/latency/prediction.js";
import { inspectSummary } from "../../lib/report/inspect-summary.js";
import { inspectResultSchema } from "../../lib/report/result.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { floatTwin } from "../support/float-twin.js";
import { convModelValue } from "../support/models.js";
import { projectMaker, spec } from "./support/project.js";

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

  test("a float model: no instructions, which are int8 kernels'", async () => {
    const result = await inspected("float.tflite");
    expect(result).not.toHaveProperty("predictedInstructions");
    expect(result.arena!.tensors.length).toBe(1 + spec.layers.length);
    expect(inspectSummary(result)).not.toContain("predicted");
  });
});
