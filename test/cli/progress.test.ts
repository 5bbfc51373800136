import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { describeStage, terminalProgress } from "../../lib/progress/terminal.js";

/** A stream that remembers what is written to it. */
function recorder(isTTY: boolean): { stream: NodeJS.WriteStream; text: () => string } {
  let written = "";
  const write = (chunk: string) => {
    written += chunk;
    return true;
  };
  const stream = {
    isTTY,
    write,
    clearLine: () => true,
    cursorTo: () => true,
    moveCursor: () => true,
    columns: 80,
  };
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => written };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** Lets `milliseconds` go by on the clock, and the spinner's library load. */
async function pass(milliseconds: number): Promise<void> {
  vi.advanceTimersByTime(milliseconds);
  await import("ora");
  await new Promise((resolve) => setTimeout(resolve, 20));
  vi.advanceTimersByTime(300);
}

test("without a terminal, or with --quiet, nothing is ever printed", async () => {
  for (const [isTTY, quiet] of [
    [false, false],
    [true, true],
  ] as const) {
    const { stream, text } = recorder(isTTY);
    const progress = terminalProgress({ stream, quiet });
    const stage = progress.stage("validate");
    stage.update(0.5, "half");
    await pass(5000);
    stage.done("all");
    progress.stop();
    expect(text()).toBe("");
  }
});

test("a quick stage is never shown", async () => {
  const { stream, text } = recorder(true);
  const progress = terminalProgress({ stream });
  const stage = progress.stage("pack");
  await pass(500);
  stage.done();
  await pass(3000);
  progress.stop();
  expect(text()).toBe("");
});

test("a long stage is shown with its share and leaves a line", async () => {
  // ora draws nothing where it finds a CI.
  vi.stubEnv("CI", undefined);
  const { stream, text } = recorder(true);
  const progress = terminalProgress({ stream });
  const stage = progress.stage("validate", "Proving the result");
  stage.update(0.5, "sample 200");
  await pass(4000);
  expect(text()).toContain("Proving the result  50 %");
  stage.done("bit-exact");
  progress.stop();
  expect(text()).toMatch(/Proving the result \(\d\.\d s\): bit-exact/);
});

test("the line of a stage", () => {
  const stage = { title: "Learning", started: 0, fraction: 0.25, note: "layer 3" };
  expect(describeStage(stage, 30_000)).toBe("Learning  25 %  1 m 30 s left  layer 3");
  expect(describeStage({ ...stage, fraction: Number.NaN, note: "" }, 30_000)).toBe("Learning");
  expect(describeStage({ ...stage, fraction: 0.01 }, 5000)).toBe("Learning  1 %  layer 3");
  expect(describeStage({ ...stage, fraction: 1 }, 5000)).toBe("Learning  100 %  layer 3");
});
