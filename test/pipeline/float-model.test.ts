/** A float model, quantised and pruned in one command. */

import { beforeAll, describe, expect, test } from "vitest";
import { prune } from "../../lib/index.js";
import { type PruneResult, pruneResultSchema } from "../../lib/report/result.js";
import { mainGraph } from "../../lib/tflite/graph.js";
import { readModel } from "../../lib/tflite/reader.js";
import { TensorType } from "../../lib/tflite/schema.js";
import { writeModel } from "../../lib/tflite/writer.js";
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
});
