/** A float model, quantised and pruned in one command. */

import { beforeAll, describe, expect, test } from "vitest";
import { compare, type OptionsInput, prune, validate } from "../../lib/index.js";
import { compareMarkdown } from "../../lib/report/compare/ci.js";
import { compareHtml } from "../../lib/report/compare/html.js";
import { compareSummary } from "../../lib/report/compare/summary.js";
import { type PruneResult, pruneResultSchema, validateResultSchema } from "../../lib/report/result.js";
import { validateSummary } from "../../lib/report/summary.js";
import { asFloat32, mainGraph } from "../../lib/tflite/graph.js";
import { readModel } from "../../lib/tflite/reader.js";
import { TensorType } from "../../lib/tflite/schema.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { thrownBy } from "../cli/support/throws.js";
import { floatTwin } from "../support/float-twin.js";
import { convModelValue } from "../support/models.js";
import { projectMaker, spec, withEval } from "./support/project.js";

const newProject = projectMaker();
const floatBytes = writeModel(floatTwin(convModelValue(spec)));

describe("a float model", () => {
  const project = newProject({ "model.tflite": floatBytes });
  const options = { ...withEval, keep: 0.5, inputScale: 0.02 };
  let result: PruneResult;
  beforeAll(async () => {
    result = await prune(options, { cwd: project.root });
  });

  test("is quantised, then pruned; the result tells all three apart", () => {
    expect(pruneResultSchema.parse(result)).toEqual(result);
    expect(result.float).toMatchObject({ bytes: floatBytes.length });
    expect(result.float!.agreement).toBeGreaterThan(0.9);
    expect(result.dense.bytes).toBeLessThan(0.5 * floatBytes.length);
    expect(result.pruned.bytes).toBeLessThan(0.6 * result.dense.bytes);
    expect(result.gates).toContainEqual({ name: "bitExact", limit: 0, value: 0, pass: true });
  });

  test("comes out with int8 input and output", () => {
    const { tensors, inputs, outputs } = mainGraph(readModel(project.read("dtmm-out/model.tflite"), "out"));
    for (const edge of [...inputs, ...outputs]) expect(tensors[edge]!.type).toBe(TensorType.INT8);
  });

  test("is what validate takes the pruned one against: quantised anew, it has the same bytes at every operator", async () => {
    const pruned = { ...withEval, model: "dtmm-out/model.tflite", against: "model.tflite", inputScale: 0.02 };
    const validated = await validate(pruned, { cwd: project.root });
    expect(validateResultSchema.parse(validated)).toEqual(validated);
    expect([validated.dense, validated.float]).toEqual([result.dense, result.float]);
    expect(validated.gates).toContainEqual({ name: "bitExact", limit: 0, value: 0, pass: true });
    expect(validateSummary(validated)).toContain("quantised from a float one");
    const refusal = (options: OptionsInput) => thrownBy(() => validate(options, { cwd: project.root }));
    expect((await refusal({ ...pruned, calibration: undefined })).code).toBe("OPTION_MISSING");
    expect((await refusal({ ...pruned, quantiseRange: "minmax" })).code).toBe("MODELS_NOT_COMPARABLE");
  });

  test("is compared in int8, and every report says so", async () => {
    const shares = { methods: ["filterlet", "filter-l1"], shares: [0.5] };
    const compared = await compare({ ...withEval, ...shares, inputScale: 0.02 }, { cwd: project.root });
    expect(compared.models[0]).toMatchObject({ bytes: result.dense.bytes, float: result.float });
    expect(compared.points.map(({ method }) => method)).toEqual(["filterlet", "filter-l1"]);
    const texts = [compareSummary(compared), compareMarkdown(compared), await compareHtml(compared)];
    for (const text of texts)
      expect(text).toContain("model.tflite: The dense model was quantised from a float one");
  });

  test("as a C array: the float model is kept, so that the next run starts from it again", async () => {
    const source = `const unsigned char g_model[] = {${[...floatBytes].join(", ")}};\n`;
    const firmware = newProject({ "src/model.cc": source });
    const inArray = { ...options, model: "src/model.cc", patch: true };
    const first = await prune(inArray, { cwd: firmware.root });
    expect(firmware.read("dtmm-out/dense.tflite")).toEqual(floatBytes);
    const before = firmware.read("src/model.cc");
    const second = await prune(inArray, { cwd: firmware.root });
    expect([second.model.sha256, second.float]).toEqual([first.model.sha256, first.float]);
    expect(firmware.read("src/model.cc")).toEqual(before);
  });

  test("the same seed gives the same bytes", async () => {
    const other = newProject({ "model.tflite": floatBytes });
    const again = await prune(options, { cwd: other.root });
    const hashes = ({ files }: PruneResult) =>
      files.filter(({ path }) => !path.includes("report")).map(({ path, sha256 }) => [path, sha256]);
    expect(hashes(again)).toEqual(hashes(result));
  });

  test("with a weight that is no number is refused before any work", async () => {
    const model = floatTwin(convModelValue(spec));
    const { operators, tensors } = mainGraph(model);
    const filter = tensors[operators[0]!.inputs[1]!]!.buffer;
    const buffers = model.buffers.map((buffer, i) => {
      if (i !== filter) return buffer;
      const weights = asFloat32(buffer.data!);
      return { ...buffer, data: new Uint8Array(weights.fill(Number.NaN, 7, 8).buffer) };
    });
    const bad = newProject({ "model.tflite": writeModel({ ...model, buffers }) });
    const { code, message } = await thrownBy(() => prune(options, { cwd: bad.root }));
    expect([code, message]).toEqual(["QUANTISE_NOT_FINITE", expect.stringMatching(/element 7$/)]);
  });
});
