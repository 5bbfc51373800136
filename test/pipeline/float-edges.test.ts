/** Models with float32 input and output, as converters write them by default. */

import { beforeAll, describe, expect, test } from "vitest";
import { withFloatEdges, withoutFloatEdges } from "../../lib/float-edges.js";
import { prune, validate } from "../../lib/index.js";
import type { PruneResult } from "../../lib/report/result.js";
import { modelFacts, written } from "../../lib/runs.js";
import { mainGraph, opName } from "../../lib/tflite/graph.js";
import { readModel } from "../../lib/tflite/reader.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { thrownBy } from "../cli/support/throws.js";
import { floatTwin } from "../support/float-twin.js";
import { usePool } from "../support/interpreter.js";
import { convModelValue } from "../support/models.js";
import { projectMaker, spec, withEval } from "./support/project.js";

const native = usePool();
const newProject = projectMaker();
const model = convModelValue(spec);
const both = { input: true, output: true };
const floatEdged = withFloatEdges(model, both);

describe("float edges of a model value", () => {
  test.each([both, { input: true, output: false }, { input: false, output: true }])(
    "%j: put on and taken off again",
    async (edges) => {
      const file = withFloatEdges(model, edges);
      const facts = await modelFacts(written(file), native.context);
      expect([facts.inputs[0]!.type, facts.outputs[0]!.type]).toEqual([
        edges.input ? "FLOAT32" : "INT8",
        edges.output ? "FLOAT32" : "INT8",
      ]);
      const bare = withoutFloatEdges(file)!;
      expect(bare.edges).toEqual(edges);
      expect(mainGraph(bare.model)).toEqual(mainGraph(model));
    },
  );

  test("a model that has none, or a plan of the arena, stays as it is", () => {
    expect(withoutFloatEdges(model)).toBeUndefined();
    const planned = { ...floatEdged, metadata: [{ name: "OfflineMemoryAllocation", buffer: 0 }] };
    expect(withoutFloatEdges(planned)).toBeUndefined();
  });
});

describe("an int8 model with float edges", () => {
  const project = newProject({ "model.tflite": writeModel(floatEdged) });
  const options = { ...withEval, keep: 0.5 };
  let result: PruneResult;
  beforeAll(async () => {
    result = await prune({ ...options, patch: true, selftest: 2 }, { cwd: project.root });
  });

  test("is pruned between them and gets them back, with the same values at both", async () => {
    const inner = await prune(options, { cwd: newProject().root });
    expect(result.gates).toContainEqual({ name: "floatEdges", limit: 0, value: 0, pass: true });
    const file = project.read("dtmm-out/model.tflite");
    expect(result.pruned.bytes).toBe(file.length);
    expect(result.pruned.bytes).toBeGreaterThan(inner.pruned.bytes);
    expect(result.pruned.arenaBytes).toBeGreaterThan(inner.pruned.arenaBytes);
    expect(result.dense.bytes).toBe(writeModel(floatEdged).length);
    expect([result.pruned.accuracy, result.layers]).toEqual([inner.pruned.accuracy, inner.layers]);
    const packed = readModel(file, "out");
    const names = mainGraph(packed).operators.map((operator) => opName(packed, operator));
    expect([names[0], names.at(-1)]).toEqual(["QUANTIZE", "DEQUANTIZE"]);
  });

  test("passes validate as it was written", async () => {
    const pruned = { ...withEval, model: "dtmm-out/model.tflite", against: "model.tflite" };
    const validated = await validate(pruned, { cwd: project.root });
    expect(validated.verdict).toBe("pass");
    expect([validated.dense, validated.pruned]).toEqual([
      result.dense,
      expect.objectContaining({ bytes: result.pruned.bytes, arenaBytes: result.pruned.arenaBytes }),
    ]);
    expect(validated.gates).toContainEqual({ name: "floatEdges", limit: 0, value: 0, pass: true });
  });

  test("needs both operators in the firmware's resolver, and says so where they are not there", () => {
    expect(result.warnings).toContain("ops does not register QUANTIZE, DEQUANTIZE, which the model needs");
  });

  test("has float inputs in the self-test on the board", () => {
    const golden = result.files.find(({ path }) => path.endsWith("dtmm_selftest_data.c"))!;
    expect(new TextDecoder().decode(project.read(golden.path))).toContain('"QUANTIZE"');
  });

  test("limits count the whole file and its arena", async () => {
    const flash = result.pruned.bytes;
    const within = await prune({ ...withEval, flash, dryRun: true }, { cwd: project.root });
    expect(within.verdict).toBe("pass");
    expect(within.pruned.bytes).toBeLessThanOrEqual(flash);
  });

  test("comes out in int8 where that is asked for", async () => {
    const { gates, pruned } = await prune(
      { ...options, floatEdges: false, dryRun: true },
      { cwd: project.root },
    );
    expect(gates.map(({ name }) => name)).not.toContain("floatEdges");
    expect(pruned.bytes).toBeLessThan(result.pruned.bytes);
  });
});

describe("a float model", () => {
  test("keeps its edges with floatEdges, and passes validate with the same figures", async () => {
    const project = newProject({ "model.tflite": writeModel(floatTwin(model)) });
    const data = { ...withEval, inputScale: 0.02 };
    const result = await prune({ ...data, keep: 0.5, floatEdges: true }, { cwd: project.root });
    expect(result.gates).toContainEqual({ name: "floatEdges", limit: 0, value: 0, pass: true });
    const facts = await modelFacts(
      written(readModel(project.read("dtmm-out/model.tflite"), "out")),
      native.context,
    );
    expect([facts.inputs[0]!.type, facts.outputs[0]!.type]).toEqual(["FLOAT32", "FLOAT32"]);
    const inner = await prune({ ...data, keep: 0.5, dryRun: true }, { cwd: project.root });
    expect(result.dense.bytes).toBeGreaterThan(inner.dense.bytes);
    expect(result.dense.arenaBytes).toBeGreaterThan(inner.dense.arenaBytes);
    const pruned = { ...data, model: "dtmm-out/model.tflite", against: "model.tflite" };
    const validated = await validate(pruned, { cwd: project.root });
    expect([validated.verdict, validated.dense]).toEqual(["pass", result.dense]);
  });
});

test("edges of other types are refused as before", async () => {
  const [quantize] = mainGraph(floatEdged).operators;
  const tensors = mainGraph(floatEdged).tensors.map((tensor, i) =>
    i === quantize!.inputs[0] ? { ...tensor, type: 3 } : tensor,
  );
  const uint8 = { ...floatEdged, subgraphs: [{ ...mainGraph(floatEdged), tensors }] };
  const project = newProject({ "model.tflite": writeModel(uint8) });
  const error = await thrownBy(() => prune({ ...withEval, keep: 0.5 }, { cwd: project.root }));
  expect(error.code).toBe("MODEL_EDGE_NOT_INT8");
});
