import { describe, expect, test } from "vitest";
import { bytesByKind } from "../../lib/inspect/bytes.js";
import { inspectLayers } from "../../lib/inspect/layers.js";
import { inspectSummary } from "../../lib/report/inspect-summary.js";
import type { InspectResult } from "../../lib/report/result.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { convModelValue, everyLayer } from "../support/models.js";

const model = convModelValue(everyLayer);
const layers = inspectLayers(model);

describe("layers", () => {
  test("are listed in order, those that prune works on marked", () => {
    expect(layers.map((layer) => layer.index)).toEqual(layers.map((_, index) => index));
    const prunable = layers.filter((layer) => layer.prunable).map((layer) => layer.weightShape);
    expect(prunable).toEqual([
      [8, 3, 3, 3],
      [8, 3, 3, 8],
      [16, 1, 1, 8],
      [16, 3, 3, 16],
      [10, 16],
    ]);
  });

  test("weights and operations, by hand", () => {
    const [first] = layers;
    expect(first).toMatchObject({ op: "CONV_2D", inputShape: [1, 12, 12, 3], outputShape: [1, 12, 12, 8] });
    // 216 weights and 8 biases of 4 bytes; every weight is used at 144 positions.
    expect(first).toMatchObject({ weights: 216, macs: 216 * 144, bytes: 216 + 32 });
    const depthwise = layers.find((layer) => layer.op === "DEPTHWISE_CONV_2D")!;
    expect(depthwise).toMatchObject({ weightShape: [1, 3, 3, 8], weights: 72, macs: 72 * 36 });
    const connected = layers.find((layer) => layer.op === "FULLY_CONNECTED")!;
    expect(connected.macs).toBe(connected.weights);
    expect(layers.find((layer) => layer.op === "ADD")).toMatchObject({
      weights: 0,
      macs: 0,
      weightShape: [],
    });
  });
});

describe("bytes by kind", () => {
  test.each([false, true])("add up to the file (shared parts: %s)", (share) => {
    const bytes = writeModel(model, { share }).length;
    const kinds = bytesByKind(model, bytes);
    expect(Object.values(kinds).reduce((sum, kind) => sum + kind, 0)).toBe(bytes);
    expect(kinds.weights).toBe(model.buffers.reduce((sum, buffer) => sum + (buffer.data?.length ?? 0), 0));
    expect(Math.min(...Object.values(kinds))).toBeGreaterThan(0);
  });

  test("a model without names has none", () => {
    const { description: _, ...rest } = model;
    const subgraphs = rest.subgraphs.map(({ name: _, ...graph }) => ({
      ...graph,
      tensors: graph.tensors.map(({ name: _, ...tensor }) => tensor),
    }));
    const nameless = { ...rest, subgraphs };
    expect(bytesByKind(nameless, writeModel(nameless).length).names).toBe(0);
  });
});

test("the summary has every layer, the file and the arena", () => {
  const bytes = writeModel(model).length;
  const edge = { name: "input", type: "INT8", shape: [1, 12, 12, 3], scale: 2 / 255, zeroPoint: 0 };
  const result: InspectResult = {
    schemaVersion: 1,
    model: { path: "m.tflite", sha256: "0".repeat(64), bytes },
    arenaBytes: 12_345,
    inputs: [edge],
    outputs: [{ ...edge, name: "output", shape: [1, 10] }],
    layers,
    bytesByKind: bytesByKind(model, bytes),
    tflm: { label: "tfmicro 0.1.0", root: "/trees/tfmicro" },
  };
  const text = inspectSummary(result);
  expect(text).toContain("input: INT8 1x12x12x3, scale 0.007843137, zero point 0");
  for (const layer of layers) expect(text).toMatch(new RegExp(`^ *${layer.index} +${layer.op} `, "m"));
  const arena = "arena: 12,345 bytes on this host (TFLM: tfmicro 0.1.0)";
  expect(text).toContain(`${arena}; --arena-target measures`);
  const arenaTarget = { bytes: 9_876, from: "TFLM on an emulated cortex-m4" };
  expect(inspectSummary({ ...result, arenaTarget })).toContain(
    `${arena}, 9,876 on the target (TFLM on an emulated cortex-m4)`,
  );
});
