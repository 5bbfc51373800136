import { expect, test } from "vitest";
import { runCheck } from "./support/native-check.js";

test("every operator's backward step is the derivative of its forward step", async () => {
  const parts = ["network/backward_ops.cc", "network/patches.cc"];
  const differences = await runCheck("gradient_ops_check.cc", parts);
  const weighted = [
    ...[1, 2].flatMap((s) =>
      [1, 2].flatMap((d) => [`conv-stride${s}-dilation${d}`, `depthwise-stride${s}-dilation${d}`]),
    ),
    "conv-large",
    "conv-pointwise",
    "depthwise-single",
    "fullyConnected",
  ].flatMap((name) => [name, `${name}-weights`]);
  const others = ["averagePool", "clamped", "concatenation", "logistic", "maxPool", "mean", "pad", "softmax"];
  expect([...differences.keys()].sort()).toEqual([...weighted, ...others].sort());
  for (const [name, difference] of differences) expect(difference, name).toBeLessThan(1e-3);
}, 120_000);
