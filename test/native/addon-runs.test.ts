import { describe, expect, test } from "vitest";
import { compareModels, runModel } from "../../lib/runs.js";
import { arenaFor } from "../../lib/tflite/graph.js";
import { BuiltinOperator } from "../../lib/tflite/schema.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { bytesOf, usePool } from "../support/interpreter.js";
import { convModel, convModelValue, everyLayer, randomInputs } from "../support/models.js";

const native = usePool();
const model = { model: convModelValue(everyLayer), bytes: convModel(everyLayer) };
const samples = { samples: 30, bytes: bytesOf(randomInputs(everyLayer, 30)) };

describe("the interpreter in worker processes", () => {
  test("says what tree it is", async () => {
    const facts = await native.pool.call("treeFacts", {});
    expect(facts.operators).toBeGreaterThan(40);
    expect(facts.registration).toMatch(/Registration$/);
  });

  test("says what a model's edges are", async () => {
    const request = { model: model.bytes, arenaBytes: arenaFor(model.model) };
    const facts = await native.pool.call("inspectModel", request);
    expect(facts.inputs).toHaveLength(1);
    expect(facts.inputs[0]).toMatchObject({ type: "INT8", shape: [1, 12, 12, 3], bytes: 432, zeroPoint: 0 });
    expect(facts.outputs[0]).toMatchObject({ type: "INT8", shape: [1, 10], bytes: 10, scale: 1 / 256 });
    expect(facts.arenaBytes).toBeGreaterThan(12 * 12 * 8);
  });

  test("gives the same outputs however samples are batched", async () => {
    const all = await runModel(model, samples, native.context);
    const request = {
      model: model.bytes,
      arenaBytes: arenaFor(model.model),
      inputs: samples.bytes,
      samples: 30,
    };
    const atOnce = await native.pool.call("runModel", request);
    expect(all.outputs).toEqual(atOnce.outputs);
    expect(new Set(all.outputs).size).toBeGreaterThan(5);
  });

  test("finds no difference between a model and itself, written back", async () => {
    const again = { model: model.model, bytes: writeModel(model.model, { share: true }) };
    const result = await compareModels(model, again, samples, native.context);
    expect(Array.from(result.differingBytes)).toEqual(everyLayer.layers.map(() => 0));
  });

  test("finds the first operator in which two models differ", async () => {
    const other = {
      ...everyLayer,
      layers: everyLayer.layers.with(6, { ...everyLayer.layers[6]!, activation: "NONE" }),
    };
    const changed = {
      model: convModelValue(other as typeof everyLayer),
      bytes: convModel(other as typeof everyLayer),
    };
    const { differingBytes } = await compareModels(model, changed, samples, native.context);
    expect(Array.from(differingBytes.subarray(0, 6))).toEqual([0, 0, 0, 0, 0, 0]);
    expect(differingBytes[6]).toBeGreaterThan(0);
  });

  test("refuses models with different operators", async () => {
    const shorter = { ...everyLayer, layers: everyLayer.layers.slice(0, -1) };
    const other = { model: convModelValue(shorter), bytes: convModel(shorter) };
    await expect(compareModels(model, other, samples, native.context)).rejects.toMatchObject({
      code: "NATIVE_REJECTED",
      message: expect.stringContaining("operators"),
    });
  });

  test("repeats TFLM's own words when it refuses a model", async () => {
    const request = { model: model.bytes, arenaBytes: 64 * 1024 };
    const ok = await native.pool.call("inspectModel", request);
    expect(ok.arenaBytes).toBeLessThan(64 * 1024);
    const unknownOp = writeModel({
      ...model.model,
      operatorCodes: model.model.operatorCodes.map((code, i) =>
        i === 0
          ? { ...code, builtinCode: BuiltinOperator.LSTM, deprecatedBuiltinCode: BuiltinOperator.LSTM }
          : code,
      ),
    });
    await expect(native.pool.call("inspectModel", { ...request, model: unknownOp })).rejects.toMatchObject({
      code: "NATIVE_REJECTED",
      message: expect.stringMatching(/LSTM/),
    });
  });

  test("refuses samples of the wrong size", async () => {
    const wrong = { samples: 2, bytes: samples.bytes.slice(0, 433) };
    await expect(runModel(model, wrong, native.context)).rejects.toMatchObject({ code: "NATIVE_REJECTED" });
  });
});
