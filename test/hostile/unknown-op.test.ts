import { expect, test } from "vitest";
import { arenaFor } from "../../lib/tflite/graph.js";
import type { Model } from "../../lib/tflite/model.js";
import { BuiltinOperator } from "../../lib/tflite/schema.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { thrownBy } from "../cli/support/throws.js";
import { usePool } from "../support/interpreter.js";
import { convModelValue, everyLayer } from "../support/models.js";

const native = usePool(1);

test("an operator that the tree lacks is refused, whatever another model left in the memory of the arena", async () => {
  const unknown = convModelValue(everyLayer);
  const [code] = unknown.operatorCodes;
  for (const operator of unknown.subgraphs[0]!.operators) {
    if (operator.opcodeIndex === 0) delete operator.builtinOptions;
  }
  code!.builtinCode = BuiltinOperator.LOCAL_RESPONSE_NORMALIZATION;
  code!.deprecatedBuiltinCode = BuiltinOperator.LOCAL_RESPONSE_NORMALIZATION;
  const inspect = (model: Model) =>
    native.pool.call("inspectModel", { model: writeModel(model), arenaBytes: arenaFor(model) });
  // Models of all lengths, so that the nodes of the last one come to lie on all kinds of leftovers.
  for (let layers = 1; layers <= everyLayer.layers.length; layers++) {
    await inspect(convModelValue({ ...everyLayer, layers: everyLayer.layers.slice(0, layers) }));
    const error = await thrownBy(() => inspect(unknown));
    expect(error.code).toBe("NATIVE_REJECTED");
    expect(error.message).toContain("LOCAL_RESPONSE_NORMALIZATION");
  }
});
