import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ErrorCode } from "../../lib/errors/index.js";
import { type ImportOptions, importModel } from "../../lib/import.js";
import type { Model } from "../../lib/tflite/model.js";
import { BuiltinOperator, TensorType } from "../../lib/tflite/schema.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { convModel, convModelValue, everyLayer, type Layer } from "../support/models.js";
import { samplePath, samplesReason, withoutSamples } from "./samples.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dtmm-import-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function fileWith(bytes: Uint8Array): string {
  const path = join(folder, "model.tflite");
  writeFileSync(path, bytes);
  return path;
}

function edited(edit: (model: Model) => void): Uint8Array {
  const model = convModelValue(everyLayer);
  edit(model);
  return writeModel(model);
}

async function expectCode(path: string, code: ErrorCode, options?: ImportOptions): Promise<void> {
  await expect(importModel(path, options)).rejects.toMatchObject({ name: "DtmmError", code, exit: 2 });
}

test("a model comes with its bytes, its digest and its value", async () => {
  const bytes = convModel(everyLayer);
  const path = fileWith(bytes);
  const imported = await importModel(path);
  expect(imported.path).toBe(path);
  expect(Buffer.compare(imported.bytes, bytes)).toBe(0);
  expect(imported.sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
  expect(imported.model).toEqual(convModelValue(everyLayer));
});

describe("files that cannot be imported", () => {
  test("a path that is not there", async () => {
    const path = join(folder, "missing.tflite");
    await expectCode(path, "MODEL_UNREADABLE");
    await expect(importModel(path)).rejects.toThrow(
      `cannot read the model ${path}: ENOENT: no such file or directory`,
    );
  });
  test("a directory", () => expectCode(folder, "MODEL_UNREADABLE"));
  test("an empty file", () => expectCode(fileWith(new Uint8Array(0)), "MODEL_EMPTY"));
  test("a text", () => expectCode(fileWith(Buffer.from("# model\nnot a model")), "MODEL_NOT_TFLITE"));
  test("a truncated model", () =>
    expectCode(fileWith(convModel(everyLayer).slice(0, 4000)), "MODEL_CORRUPT"));
});

describe("models that cannot be pruned", () => {
  const cases: [what: string, edit: (model: Model) => void, code: ErrorCode][] = [
    ["two subgraphs", (m) => m.subgraphs.push(m.subgraphs[0]!), "MODEL_SUBGRAPHS"],
    ["two outputs", (m) => m.subgraphs[0]!.outputs.push(3), "MODEL_INPUTS_OUTPUTS"],
    ["no input", (m) => Object.assign(m.subgraphs[0]!, { inputs: [] }), "MODEL_INPUTS_OUTPUTS"],
    [
      "a shape with -1",
      (m) => Object.assign(m.subgraphs[0]!.tensors[0]!.shape, { 1: -1 }),
      "MODEL_DYNAMIC_SHAPE",
    ],
    [
      "a batch of 2",
      (m) => Object.assign(m.subgraphs[0]!.tensors[0]!.shape, { 0: 2 }),
      "MODEL_DYNAMIC_SHAPE",
    ],
    [
      "a free height",
      (m) => Object.assign(m.subgraphs[0]!.tensors[0]!, { shapeSignature: [-1, -1, 12, 3] }),
      "MODEL_DYNAMIC_SHAPE",
    ],
    [
      "float weights",
      (m) => Object.assign(m.subgraphs[0]!.tensors[1]!, { type: TensorType.FLOAT32 }),
      "MODEL_NOT_INT8",
    ],
    [
      "a float input",
      (m) => Object.assign(m.subgraphs[0]!.tensors[0]!, { type: TensorType.FLOAT32 }),
      "MODEL_EDGE_NOT_INT8",
    ],
    [
      "a uint8 input",
      (m) => Object.assign(m.subgraphs[0]!.tensors[0]!, { type: TensorType.UINT8 }),
      "MODEL_EDGE_NOT_INT8",
    ],
    [
      "a custom operator",
      (m) =>
        Object.assign(m.operatorCodes[0]!, {
          builtinCode: 32,
          deprecatedBuiltinCode: 32,
          customCode: "MINE",
        }),
      "MODEL_CUSTOM_OPERATOR",
    ],
    ["an invalid model", (m) => Object.assign(m.subgraphs[0]!.tensors[0]!, { buffer: 99 }), "MODEL_INVALID"],
  ];
  test.each(cases)("%s", (_, edit, code) => expectCode(fileWith(edited(edit)), code));

  test("weights that another operator computes", async () => {
    const model = convModelValue({ input: [1, 3, 3, 2], layers: [{ kind: "conv", filters: 2, kernel: 1 }] });
    const [graph] = model.subgraphs;
    const bias = graph!.tensors[graph!.operators[0]!.inputs[2]!]!;
    bias.isVariable = true;
    bias.buffer = 0;
    await expectCode(fileWith(writeModel(model)), "MODEL_WEIGHTS_NOT_CONSTANT");
  });

  test("no CONV_2D and no FULLY_CONNECTED, one of which is enough", async () => {
    const layers: Layer[] = [{ kind: "reshape" }, { kind: "fullyConnected", outputs: 3 }];
    const connected = fileWith(convModel({ input: [1, 4, 4, 1], layers }));
    await expect(importModel(connected)).resolves.toHaveProperty("model");
    const path = fileWith(convModel({ input: [1, 4, 4, 1], layers: [{ kind: "depthwise", kernel: 3 }] }));
    await expectCode(path, "MODEL_WITHOUT_CONV");
    await expect(importModel(path, { purpose: "validate" })).resolves.toHaveProperty("model");
  });

  test("a batch that the converter left free is fine", async () => {
    const path = fileWith(
      edited((m) => Object.assign(m.subgraphs[0]!.tensors[0]!, { shapeSignature: [-1, 12, 12, 3] })),
    );
    await expect(importModel(path)).resolves.toHaveProperty("sha256");
  });
});

describe("the purpose decides", () => {
  const packed = () =>
    edited((model) => {
      const customCode = "DTMM_FILTERLET_CONV_2D";
      model.operatorCodes.push({ builtinCode: 32, deprecatedBuiltinCode: 32, customCode, version: 1 });
      const conv = model.subgraphs[0]!.operators[0]!;
      expect(model.operatorCodes[conv.opcodeIndex]!.builtinCode).toBe(BuiltinOperator.CONV_2D);
      Object.assign(conv, { opcodeIndex: model.operatorCodes.length - 1, builtinOptions: undefined });
    });

  test("a packed model is refused for prune, taken for validate and inspect", async () => {
    const path = fileWith(packed());
    await expectCode(path, "MODEL_ALREADY_PACKED", { purpose: "prune" });
    await expect(importModel(path, { purpose: "validate" })).resolves.toHaveProperty("model");
    await expect(importModel(path, { purpose: "inspect" })).resolves.toHaveProperty("model");
  });

  test.skipIf(withoutSamples)(
    `a float model is refused for prune, taken for inspect${samplesReason}`,
    async () => {
      const path = samplePath("resnet8_cifar10_float32.tflite");
      await expectCode(path, "MODEL_NOT_INT8");
      await expectCode(path, "MODEL_NOT_INT8", { purpose: "validate" });
      await expect(importModel(path, { purpose: "inspect" })).resolves.toHaveProperty("model");
    },
  );
});
