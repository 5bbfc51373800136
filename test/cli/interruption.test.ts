import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { Interruption } from "../../lib/cli/interruption.js";

// Signals that are sent to this very process arrive with the next turn of the event loop.
test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("%s aborts and gives exit code %i", async (name, code) => {
  const before = process.listenerCount(name);
  const interruption = new Interruption();
  try {
    expect([interruption.signal.aborted, interruption.exitCode]).toEqual([false, undefined]);
    process.emit(name);
    await sleep(1);
    expect([interruption.signal.aborted, interruption.exitCode]).toEqual([true, code]);
  } finally {
    interruption.dispose();
  }
  expect(process.listenerCount(name)).toBe(before);
});
