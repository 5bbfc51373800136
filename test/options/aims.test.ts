import { expect, test } from "vitest";
import { aimOf } from "../../lib/aims.js";

test.each([
  [{}, "both"],
  [{ keep: 0.5 }, "bytes"],
  [{ flash: 1000 }, "bytes"],
  [{ keep: 0.5, flash: 1000 }, "bytes"],
  [{ latency: 0.5 }, "latency"],
  [{ latency: 0.5, flash: 1000 }, "both"],
  [{ latency: 0.5, keep: 0.5 }, "both"],
  [{ latency: 0.5, aim: "bytes" as const }, "bytes"],
])("limits %j aim at %s", (wishes, aim) => {
  expect(aimOf(wishes)).toBe(aim);
});
