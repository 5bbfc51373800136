import { describe, expect, test } from "vitest";
import { costTables } from "../../lib/latency/tables.js";
import { benchTable, predictionWarnings } from "../../lib/report/bench-table.js";
import { convModelValue } from "../support/models.js";

const model = convModelValue({
  input: [1, 6, 6, 4],
  layers: [{ kind: "conv", filters: 4, kernel: 3 }, { kind: "depthwise", kernel: 3 }, { kind: "maxPool" }],
});
const counts = { run: [100, 300, 20], predicted: [90.4, 310, 20], dense: [900, 310, 20] };
const cmsisNn = new Map([
  [0, 200],
  [1, 50],
]);

describe("benchTable", () => {
  test("sets the counts beside each other and adds them up", () => {
    const { layers, totals } = benchTable(model, counts);
    expect(layers.map(({ op }) => op)).toEqual(["CONV_2D", "DEPTHWISE_CONV_2D", "MAX_POOL_2D"]);
    expect(layers[0]).toEqual({ index: 0, op: "CONV_2D", instructions: 100, predicted: 90, dense: 900 });
    expect(totals).toEqual({ instructions: 420, predicted: 420, dense: 1230 });
  });

  test("takes CMSIS-NN's kernels where there are some, in the dense model and in the stock layers of this one", () => {
    const { layers, totals } = benchTable(model, { ...counts, cmsisNn, ownCmsisNn: new Map([[1, 40]]) });
    expect(layers.map((layer) => layer.cmsisNn)).toEqual([200, 50, undefined]);
    expect(layers.map((layer) => layer.withCmsisNn)).toEqual([100, 40, 20]);
    expect(totals).toMatchObject({ cmsisNn: 200 + 50 + 20, withCmsisNn: 100 + 40 + 20 });
  });
});

describe("predictionWarnings", () => {
  const fitted = costTables["cortex-m4"].provenance.tflm;
  const warned = (predicted: number, tree = fitted) =>
    predictionWarnings({ instructions: 1000, predicted }, "cortex-m4", tree);

  test("is silent up to 10 % either way", () => {
    expect([...warned(901), ...warned(1099)]).toEqual([]);
  });

  test("says by how much, and names the tree where it is another one", () => {
    expect(warned(880)).toEqual([expect.stringMatching(/12 % below the count.*same prices$/)]);
    expect(warned(1200, "my tree")).toEqual([
      expect.stringMatching(
        /20 % above the count.*; stock operators were counted with .*, and this is my tree$/,
      ),
    ]);
  });
});
