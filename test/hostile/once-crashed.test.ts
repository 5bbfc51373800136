import { describe, expect, test } from "vitest";
import { checkModel } from "../../lib/tflite/check.js";
import type { Model } from "../../lib/tflite/model.js";
import { readModel } from "../../lib/tflite/reader.js";
import { BuiltinOperator } from "../../lib/tflite/schema.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { thrownBy } from "../cli/support/throws.js";
import { convModelValue, everyLayer } from "../support/models.js";

/** Finds of the mutation test that crashed an interpreter before a check was made for them. */
describe("what crashed a TFLM tree once is refused now", () => {
  const operatorOf = ({ operatorCodes, subgraphs }: Model, name: keyof typeof BuiltinOperator) =>
    subgraphs[0]!.operators.find(
      ({ opcodeIndex }) => operatorCodes[opcodeIndex]!.builtinCode === BuiltinOperator[name],
    )!;

  test.each(["CONV_2D", "DEPTHWISE_CONV_2D"] as const)(
    "a %s with three inputs whose bias is absent",
    async (name) => {
      const model = convModelValue(everyLayer);
      operatorOf(model, name).inputs[2] = -1;
      const error = await thrownBy(() => checkModel(readModel(writeModel(model))));
      expect(error.code).toBe("MODEL_INVALID");
      expect(error.message).toMatch(new RegExp(`inputs\\[2\\] of ${name} is absent`));
    },
  );

  test("an operator that trees of 2020 take for another one", async () => {
    const model = convModelValue(everyLayer);
    const code = model.operatorCodes.findIndex(
      ({ builtinCode }) => builtinCode === BuiltinOperator.MAX_POOL_2D,
    );
    // The field that such trees read; its default, 0, is ADD. Our own writer keeps the two in step.
    model.operatorCodes[code]!.deprecatedBuiltinCode = 0;
    const error = await thrownBy(() => checkModel(model));
    expect(error.code).toBe("MODEL_INVALID");
    expect(error.message).toContain(
      `operatorCodes[${code}].builtinCode is 17, but deprecatedBuiltinCode says 0`,
    );
  });
});
