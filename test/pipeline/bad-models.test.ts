import { mkdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { prune } from "../../lib/index.js";
import type { Model } from "../../lib/tflite/model.js";
import { BuiltinOperator } from "../../lib/tflite/schema.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { floatTwin } from "../support/float-twin.js";
import { convModelValue, type Layer } from "../support/models.js";
import { denseBytes, projectMaker, spec, withEval } from "./support/project.js";
import { expectRefusal, type Refusal } from "./support/refusal.js";

const newProject = projectMaker();

/** The fixture with other layers, or changed after it was made. */
function model(layers: readonly Layer[], change: (model: Model) => void = () => undefined): Uint8Array {
  const value = convModelValue({ ...spec, layers });
  change(value);
  return writeModel(value);
}

const operatorCode = ({ operatorCodes }: Model, name: keyof typeof BuiltinOperator) =>
  operatorCodes.find((code) => code.builtinCode === BuiltinOperator[name])!;

/** A float network whose last operator has no int8 form. */
function floatModel(): Uint8Array {
  const value = floatTwin(convModelValue(spec));
  const code = operatorCode(value, "SOFTMAX");
  code.builtinCode = BuiltinOperator.EXP;
  code.deprecatedBuiltinCode = BuiltinOperator.EXP;
  delete value.subgraphs[0]!.operators.at(-1)!.builtinOptions;
  return writeModel(value);
}

const onlyDepthwise: Layer[] = [{ kind: "depthwise", kernel: 3 }, { kind: "averagePool" }];

/** Nothing has a bias, and nothing is prunable without. */
const withoutBiases = model(spec.layers, ({ subgraphs }) => {
  for (const operator of subgraphs[0]!.operators) {
    if (operator.inputs.length === 3) operator.inputs.pop();
  }
});

/** Ends in an operator of the schema that no TFLM tree has ever had. */
const unknownToTflm = model(spec.layers, (value) => {
  operatorCode(value, "SOFTMAX").deprecatedBuiltinCode = BuiltinOperator.LOCAL_RESPONSE_NORMALIZATION;
  operatorCode(value, "SOFTMAX").builtinCode = BuiltinOperator.LOCAL_RESPONSE_NORMALIZATION;
  delete value.subgraphs[0]!.operators.at(-1)!.builtinOptions;
});

const custom = model(spec.layers, (value) => {
  const code = operatorCode(value, "SOFTMAX");
  code.builtinCode = BuiltinOperator.CUSTOM;
  code.deprecatedBuiltinCode = BuiltinOperator.CUSTOM;
  code.customCode = "TFLite_Detection_PostProcess";
  delete value.subgraphs[0]!.operators.at(-1)!.builtinOptions;
});

const freeHeight = model(spec.layers, ({ subgraphs }) => {
  subgraphs[0]!.tensors[0]!.shapeSignature = [-1, -1, 8, 3];
});

const batchOfTwo = model([{ kind: "conv", filters: 4, kernel: 3 }], ({ subgraphs }) => {
  for (const tensor of subgraphs[0]!.tensors)
    if (tensor.shape.length === 4 && tensor.shape[0] === 1) tensor.shape[0] = 2;
});

const cases: [what: string, bytes: Uint8Array, refusal: Refusal][] = [
  ["text", new TextEncoder().encode("# not a model\n"), { code: "MODEL_NOT_TFLITE", says: "model.tflite" }],
  ["an empty file", new Uint8Array(), { code: "MODEL_EMPTY", says: "model.tflite is empty" }],
  [
    "half a file",
    denseBytes.slice(0, denseBytes.length / 2),
    { code: "MODEL_CORRUPT", says: /at .* \(byte \d+\)/ },
  ],
  ["a file without its last byte", denseBytes.slice(0, -1), { code: "MODEL_CORRUPT", says: /byte \d+/ }],
  [
    "a float model of operators without int8",
    floatModel(),
    { code: "QUANTISE_OPERATORS", says: "EXP (operator 7)" },
  ],
  [
    "depthwise convolutions only",
    model(onlyDepthwise),
    { code: "MODEL_WITHOUT_CONV", says: "AVERAGE_POOL_2D" },
  ],
  ["no biases", withoutBiases, { code: "NOTHING_TO_PRUNE", says: "operator 3: it has no bias" }],
  ["a free height", freeHeight, { code: "MODEL_DYNAMIC_SHAPE", says: "[-1,-1,8,3]" }],
  ["a batch of two", batchOfTwo, { code: "MODEL_DYNAMIC_SHAPE", says: "batch" }],
  ["a custom operator", custom, { code: "MODEL_CUSTOM_OPERATOR", says: "TFLite_Detection_PostProcess" }],
  [
    "an operator that TFLM lacks",
    unknownToTflm,
    { code: "NATIVE_REJECTED", says: /Didn't find op.*LOCAL_RESPONSE_NORMALIZATION/s },
  ],
];

describe("a model that cannot be pruned is refused before the long work", () => {
  test.each(cases)("%s", async (_, bytes, refusal) => {
    const project = newProject({ "model.tflite": bytes });
    const { stages } = await expectRefusal(project, {}, refusal);
    expect(stages).not.toContain("prune");
  });

  test("a folder, and nothing at all", async () => {
    const project = newProject();
    mkdirSync(path.join(project.root, "folder"));
    for (const name of ["folder", "none.tflite"]) {
      await expectRefusal(project, { model: name }, { code: "MODEL_UNREADABLE", says: name });
    }
  });

  test("a model that dtmm wrote", async () => {
    const project = newProject();
    await prune({ ...withEval, keep: 0.5 }, { cwd: project.root });
    await expectRefusal(
      project,
      { model: "dtmm-out/model.tflite" },
      { code: "MODEL_ALREADY_PACKED", says: "DTMM_FILTERLET_CONV_2D" },
    );
  });
});
